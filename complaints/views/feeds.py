"""Published cases as feeds, for readers and programs: Atom (RFC 4287) and JSON Feed 1.1.

The same as the page of published cases, and nothing more: the released text and public facts, the case
with the latest publication or public move first. Narrowed by the same codes.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, linebreaks
from django.utils.http import http_date, quote_etag
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints.in_hands import hands_of
from complaints.models import Case
from complaints.public_words import standing
from complaints.selectors.published import EPOCH, Choices, PublicFilter, choices, news
from complaints.views.finding import asked

KEPT_SECONDS = 300
#: What XML 1.0 cannot hold, not even escaped.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """What both forms say. Addresses are absolute."""

    title: str
    page: str
    address: str
    language: str
    cases: list[Case]

    @property
    def changed_at(self) -> datetime:
        """When the newest of it was news (UTC)."""
        return max((_news_at(case) for case in self.cases), default=EPOCH)


class CasesFeed(Atom1Feed):
    """An Atom feed whose date is that of its newest case; an empty one has the same date for ever."""

    def latest_post_date(self) -> datetime:
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=EPOCH)


@require_safe
def atom(request: HttpRequest) -> HttpResponseBase:
    """The feed as Atom."""
    feed = _feed(request, "cases-atom")
    written = CasesFeed(
        title=feed.title,
        link=feed.page,
        description=None,
        language=feed.language,
        feed_url=feed.address,
        author_name=_clean(_("National Complaint Portal")),
    )
    for case in feed.cases:
        written.add_item(
            title=_title(case),
            link=_address_of(case),
            description=_as_html(case),
            pubdate=case.published_at,
            updateddate=_news_at(case),
            unique_id=_id_of(case),
            categories=_tags(case),
        )
    body = written.writeString("utf-8")
    return _answer(request, HttpResponse(body, content_type=written.content_type), feed)


@require_safe
def json_feed(request: HttpRequest) -> HttpResponseBase:
    """The feed as JSON Feed."""
    feed = _feed(request, "cases-json")
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": feed.language,
        "authors": [{"name": str(_("National Complaint Portal")), "url": settings.PUBLIC_URL}],
        "items": [_item(case) for case in feed.cases],
    }
    response = JsonResponse(
        body, json_dumps_params={"ensure_ascii": False}, content_type="application/feed+json"
    )
    return _answer(request, response, feed)


def _feed(request: HttpRequest, name: str) -> Feed:
    """The cases that the address asks for (one query; three more where it narrows them)."""
    which = PublicFilter(
        place=asked(request, "place")[:32],
        category=asked(request, "category")[:60],
        agency=asked(request, "agency")[:60],
    )
    among = choices(which) if which else Choices([], [], [])
    query = f"?{urlencode(which.codes)}" if which else ""
    return Feed(
        title=_clean(": ".join([_("Published cases"), *_names(which, among)])),
        page=f"{settings.PUBLIC_URL}{reverse('cases')}{query}",
        address=f"{settings.PUBLIC_URL}{reverse(name)}{query}",
        language=get_language() or settings.LANGUAGE_CODE,
        cases=news(which, among),
    )


def _names(which: PublicFilter, among: Choices) -> list[str]:
    """Names of what the feed is narrowed to; none of a code that nobody has."""
    asked_for = (
        (which.agency, among.agencies),
        (which.category, among.categories),
        (which.place, among.places),
    )
    names = [row.name for code, rows in asked_for for row in rows if code and row.code == code]
    return [", ".join(names)] if names else []


def _answer(request: HttpRequest, response: HttpResponse, feed: Feed) -> HttpResponseBase:
    """The feed, or 304 for whoever has it already. The same for everybody, for five minutes."""
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    changed = int(feed.changed_at.timestamp())
    response["ETag"], response["Last-Modified"] = etag, http_date(changed)
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return (
        get_conditional_response(request, etag=etag, last_modified=changed, response=response)
        or response
    )


# --- A case -----------------------------------------------------------------------------------


def _item(case: Case) -> dict[str, Any]:
    return {
        "id": _id_of(case),
        "url": _address_of(case),
        "title": _title(case),
        "content_text": "\n\n".join([_clean(case.public_text), *_facts(case)]),
        "date_published": _news_date(case.published_at),
        "date_modified": _news_date(case.public_at),
        "tags": _tags(case),
        "language": case.language,
    }


def _title(case: Case) -> str:
    """Its number, and how it stands."""
    office = hands_of(case).office
    return _clean(f"{case.number}: {standing(case.status, office.name if office else '')}")


def _facts(case: Case) -> list[str]:
    """What came of it, in a line."""
    facts = []
    if outcome := case.outcome_now:
        facts.append(_("Outcome: %(outcome)s") % {"outcome": outcome})
    if case.ending:
        facts.append(_("How it ended: %(ending)s") % {"ending": case.get_ending_display()})
    return [_clean(". ".join(facts))] if facts else []


def _as_html(case: Case) -> str:
    """The released text, in its own language, with what came of it below."""
    words = format_html(
        '<div lang="{}">{}</div>',
        case.language,
        mark_safe(linebreaks(_clean(case.public_text), autoescape=True)),  # noqa: S308 - escaped
    )
    return words + "".join(format_html("<p>{}</p>", fact) for fact in _facts(case))


def _tags(case: Case) -> list[str]:
    """Its agency, subject and place."""
    return [_clean(str(row)) for row in (case.holder, case.category, case.place) if row]


def _id_of(case: Case) -> str:
    """The same in every language, for ever."""
    return f"{settings.PUBLIC_URL}/cases/{case.number}/"


def _address_of(case: Case) -> str:
    return f"{settings.PUBLIC_URL}{reverse('case-public', args=[case.number])}"


def _news_at(case: Case) -> datetime:
    return case.public_at or EPOCH


def _news_date(at: datetime | None) -> str:
    """RFC 3339, to the second."""
    return (at or EPOCH).isoformat(timespec="seconds")


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("", str(text))
