"""The catalogue of the open data for portals that harvest it: DCAT 3, in JSON-LD.

Source: https://www.w3.org/TR/vocab-dcat-3/ and what DCAT-AP 3 asks for (mandatory and recommended).
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from oversight.figures.periods import Period
from oversight.open.datasets import DATASETS, LICENCE, Dataset
from oversight.open.files import FORMATS
from oversight.open.words import in_languages

_EU = "http://publications.europa.eu/resource/authority"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
#: Countries and languages as the EU's lists of authority name them.
COUNTRIES = {"bd": "BGD", "id": "IDN"}
LANGUAGES = {"en": "ENG", "bn": "BEN", "id": "IND"}
KEYWORDS = (_("complaints"), _("public services"), _("performance"))

TITLE = _("Figures of the national complaint portal")
DESCRIPTION = _(
    "How complaints about public offices are dealt with, by month: received, answered in time, "
    "confirmed by citizens. Small cells are suppressed."
)
PUBLISHER = _("National Complaint Portal")

#: Makes the address of a file: a dataset's code and an ending.
Address = Callable[[str, str], str]


def catalog(
    *, home: str, method: str, address: Address, spans: dict[str, Sequence[Period]], modified: date
) -> dict[str, Any]:
    """The whole catalogue. `home` is the address of the page that lists the tables, `spans` the months
    of each; all addresses are whole ones. `modified` is the day of the edition.
    """
    publisher = {"@id": f"{home}#publisher", "@type": "foaf:Agent", "foaf:name": _told(PUBLISHER)}
    months = [month for span in spans.values() for month in span]
    issued = min((month.start for month in months), default=modified)
    whole = {
        "@context": CONTEXT,
        "@id": f"{home}#catalog",
        "@type": "dcat:Catalog",
        "dct:title": _told(TITLE),
        "dct:description": _told(DESCRIPTION),
        "dct:publisher": publisher,
        "dct:language": _languages(),
        "dct:license": {"@id": LICENCE},
        "dct:issued": _day(issued),
        "dct:modified": _day(modified),
        "dct:spatial": _spatial(),
        "foaf:homepage": {"@id": home},
        "dcat:themeTaxonomy": {"@id": f"{_EU}/data-theme"},
    }
    whole["dcat:dataset"] = [
        _dataset(dataset, home, method, address, spans[dataset.code], modified)
        for dataset in DATASETS.values()
    ]
    return whole


def _dataset(
    dataset: Dataset,
    home: str,
    method: str,
    address: Address,
    months: Sequence[Period],
    modified: date,
) -> dict[str, Any]:
    return {
        "@id": f"{home}#{dataset.code}",
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.code,
        "dct:title": _told(dataset.title),
        "dct:description": _told(dataset.description),
        "dct:publisher": {"@id": f"{home}#publisher"},
        "dct:creator": {"@id": f"{home}#publisher"},
        "dct:issued": _day(months[0].end if months else modified),
        "dct:modified": _day(modified),
        "dct:accrualPeriodicity": {"@id": f"{_EU}/frequency/MONTHLY"},
        "dct:spatial": _spatial(),
        "dct:temporal": _temporal(months),
        "dct:language": _languages(),
        "dct:license": {"@id": LICENCE},
        "dct:accessRights": {"@id": f"{_EU}/access-right/PUBLIC"},
        "dcat:theme": [{"@id": f"{_EU}/data-theme/GOVE"}],
        "dcat:keyword": [told for word in KEYWORDS for told in _told(word)],
        "dcat:landingPage": {"@id": home},
        "foaf:page": {"@id": method},
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": _told(PUBLISHER),
            "vcard:hasURL": {"@id": home},
        },
        "dcat:distribution": [
            _distribution(dataset, ending, home, address, months, modified) for ending in FORMATS
        ],
    }


def _distribution(
    dataset: Dataset,
    ending: str,
    home: str,
    address: Address,
    months: Sequence[Period],
    modified: date,
) -> dict[str, Any]:
    media_type = FORMATS[ending][0]
    return {
        "@id": f"{home}#{dataset.code}-{ending}",
        "@type": "dcat:Distribution",
        "dct:title": [
            {**told, "@value": f"{told['@value']} ({ending.upper()})"}
            for told in _told(dataset.title)
        ],
        "dct:description": _told(dataset.description),
        "dct:issued": _day(months[0].end if months else modified),
        "dct:modified": _day(modified),
        "dct:license": {"@id": LICENCE},
        "dct:format": {"@id": f"{_EU}/file-type/{ending.upper()}"},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media_type}"},
        "dcat:accessURL": {"@id": address(dataset.code, ending)},
        "dcat:downloadURL": {"@id": address(dataset.code, ending)},
    }


def _told(words: object) -> list[dict[str, str]]:
    """Words in each language, as JSON-LD has them."""
    return [{"@language": code, "@value": value} for code, value in in_languages(words).items()]


def _day(day: date) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": day.isoformat()}


def _temporal(months: Sequence[Period]) -> dict[str, Any]:
    """From the first day to the last; empty ends while there is nothing yet."""
    period: dict[str, Any] = {"@type": "dct:PeriodOfTime"}
    if months:
        period["dcat:startDate"] = _day(months[0].start)
        period["dcat:endDate"] = _day(months[-1].last)
    return period


def _spatial() -> dict[str, str]:
    return {"@id": f"{_EU}/country/{COUNTRIES[settings.COUNTRY]}"}


def _languages() -> list[dict[str, str]]:
    return [{"@id": f"{_EU}/language/{LANGUAGES[code]}"} for code, _name in settings.LANGUAGES]
