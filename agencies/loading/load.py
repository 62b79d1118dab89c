"""One load of one country, in one transaction."""

import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from agencies.loading.checking import check_pack
from agencies.loading.holidays import library_holidays, library_version, years_around
from agencies.loading.mistakes import Mistakes, PackError
from agencies.loading.numbers import load_calendar, load_holidays, load_policies
from agencies.loading.offices import load_areas, load_offices, load_services, load_types
from agencies.loading.patterns import expand, find_parents
from agencies.loading.places import load_categories, load_places
from agencies.loading.reading import PACKS, pack_digest, read_pack
from agencies.loading.rows import OfficeRow, Pack
from agencies.loading.tables import Outcome, analyse
from agencies.models import Office, OfficeArea, Place, RegistryChange, RegistryVersion
from agencies.services.recording import bump, lock

#: Raise it when the loader itself writes something else, so that packs are read again.
FORMAT = "1"


@dataclass(slots=True)
class LoadReport:
    """What a load did: seconds taken, and for each table what became of its rows."""

    country: str
    skipped: bool = False
    seconds: float = 0.0
    tables: dict[str, Outcome] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """For a person at a terminal."""
        if self.skipped:
            return [f"Pack “{self.country}” is loaded already ({self.seconds:.1f} s)."]
        lines = [f"Pack “{self.country}” loaded in {self.seconds:.1f} s:"]
        for name, outcome in self.tables.items():
            counts = (f"{count} {what}" for what, count in asdict(outcome).items() if count)
            lines.append(f"  {name}: {', '.join(counts) or 'none'}")
        return lines


def load_country(country: str, *, force: bool = False, packs: Path = PACKS) -> LoadReport:
    """Load the pack of a country. Raises PackError, before anything is written, if it is wrong."""
    started = time.perf_counter()
    report = LoadReport(country)
    folder = packs / country
    if not folder.is_dir():
        raise PackError(country, [f"there is no folder {folder.name} in {packs.name}"])
    years = years_around(timezone.now().year)
    digest = pack_digest(folder, FORMAT, library_version(), str(years))
    with transaction.atomic():
        version = lock(country)
        report.skipped = version.pack_hash == digest and not force
        if not report.skipped:
            pack, offices, mistakes = _read(country, folder, digest, years)
            report.tables = _write(pack, offices, years, mistakes)
            _note(version, digest, report)
    report.seconds = time.perf_counter() - started
    return report


def _read(
    country: str, folder: Path, digest: str, years: range
) -> tuple[Pack, list[OfficeRow], Mistakes]:
    mistakes = Mistakes(country)
    pack = read_pack(folder, digest, mistakes)
    mistakes.stop_if_any()
    offices = expand(pack.offices, pack.patterns, pack.places)
    check_pack(pack, offices, mistakes)
    offices = find_parents(offices, pack.places, mistakes)
    mistakes.stop_if_any()
    pack.holidays = [*library_holidays(country, years), *pack.holidays]
    return pack, offices, mistakes


def _write(
    pack: Pack, offices: list[OfficeRow], years: range, mistakes: Mistakes
) -> dict[str, Outcome]:
    country = pack.info.code
    left = _changed_by_hand(country)
    done: dict[str, Outcome] = {}
    places, done["places"] = load_places(country, pack.places, left["place"], mistakes)
    types, done["office types"] = load_types(country, pack.office_types, left["officetype"])
    table, done["offices"] = load_offices(country, offices, types, left["office"], mistakes)
    done["areas"] = load_areas(offices, table, places)
    categories, done["categories"] = load_categories(
        country, pack.categories, left["category"], mistakes
    )
    done["services"] = load_services(pack.services, table, types, categories, left["service"])
    calendar, is_new = load_calendar(pack.info, left["calendar"])
    done["holidays"] = load_holidays(calendar, pack.holidays, years, left["holiday"], is_new=is_new)
    done["policies"] = load_policies(country, pack.policies, table, left["deadlinepolicy"])
    return done


def _changed_by_hand(country: str) -> defaultdict[str, set[str]]:
    """Table → codes of the rows that went through the services, which the loader leaves alone."""
    answer: defaultdict[str, set[str]] = defaultdict(set)
    rows = RegistryChange.objects.filter(country=country).exclude(table="registryversion")
    for table, key in rows.values_list("table", "key").distinct():
        answer[table].add(key)
    return answer


def _note(version: RegistryVersion, digest: str, report: LoadReport) -> None:
    written = {name: asdict(outcome) for name, outcome in report.tables.items()}
    RegistryVersion.objects.filter(pk=version.pk).update(pack_hash=digest)
    if any(o.added or o.changed or o.gone for o in report.tables.values()):
        analyse(Place, Office, OfficeArea)
        bump(report.country)
        RegistryChange.objects.create(
            country=report.country,
            table="registryversion",
            row_id=0,
            key=digest[:12],
            before=None,
            after=written,
        )
