"""Template tags of the portal: the reader's dates and numbers, badges, forms.

`{% load portal %}`, then see docs/pages.md. Nothing here asks the database.
"""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import BaseForm, BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from complaints.in_hands import hands_of
from complaints.models import Case
from grs import reading
from grs.fields import draw_field

register = template.Library()

SOON_DAYS = 2

#: What officers call a state.
STATES = {
    "received": (gettext_lazy("Received"), "grey"),
    "waiting": (gettext_lazy("Waiting for the citizen"), "yellow"),
    "forwarded": (gettext_lazy("Forwarded"), "blue"),
    "in_progress": (gettext_lazy("In progress"), "teal"),
    "disputed_owner": (gettext_lazy("Owner disputed"), "orange"),
    "answered": (gettext_lazy("Answered"), "green"),
    "appealed": (gettext_lazy("Appealed"), "purple"),
    "closed": (gettext_lazy("Closed"), "grey"),
}
#: What a citizen reads: five words for eight states.
CITIZEN_WORDS = {
    "received": gettext_lazy("Received"),
    "waiting": gettext_lazy("We asked you"),
    # Whose it is is disputed between offices: to its citizen it is being checked.
    "disputed_owner": gettext_lazy("Received"),
    "answered": gettext_lazy("Answered"),
    "closed": gettext_lazy("Closed"),
}
CLOCK_NAMES = {
    "forward": gettext_lazy("To be forwarded"),
    "tell": gettext_lazy("To tell the citizen who has the complaint"),
    "accept": gettext_lazy("To be accepted"),
    "resolve": gettext_lazy("To be answered"),
    "rule": gettext_lazy("Owner to be decided"),
    "waiting": gettext_lazy("Citizen to reply"),
    "confirm": gettext_lazy("Citizen to confirm"),
    "appeal": gettext_lazy("Appeal to be decided"),
    "investigation": gettext_lazy("Investigation to end"),
    "withdrawal": gettext_lazy("Withdrawal takes effect"),
}


#: Signs for private use, which no text has: each holds the place of a word.
PRIVATE = 0xF0000


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _zone(zone: str | tzinfo | None = None) -> tzinfo:
    return reading.zone_of(zone or timezone.get_current_timezone())


def _of(thing: Any, name: str, default: Any = None) -> Any:
    return thing.get(name, default) if isinstance(thing, dict) else getattr(thing, name, default)


def _time(written: str, words: str, more: str = "") -> SafeString:
    """A moment as `<time>`. By Python's own `escape`: Django's wrappers take most of a list's time."""
    title = f' title="{escape(more)}"' if more else ""
    return mark_safe(f'<time datetime="{written}"{title}>{escape(words)}</time>')  # noqa: S308


# --- Numbers and dates ----------------------------------------------------------------------


@register.filter
def local_number(value: object) -> str:
    """A number with the reader's digits and grouping; other text with the reader's digits."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return reading.number(value, _language())
    return reading.digits(str(value if value is not None else ""), _language())


@register.filter
def local_sentence(text: object) -> str:
    """A sentence with the reader's digits: its numbers, and no digit of a code, a name or what was typed."""
    return reading.sentence(str(text), _language())


@register.filter
def local_mistake(mistake: ValidationError) -> str:
    """What is wrong with a form's value, in the reader's digits.

    Words among its `params` stand as they are, even if all of them are digits: codes of places are.
    """
    if not mistake.params:
        return local_sentence(next(iter(mistake)))
    words: dict[str, str] = {}
    given: dict[str, Any] = {}
    for at, (name, value) in enumerate(mistake.params.items()):
        given[name] = value
        if isinstance(value, str):
            given[name] = chr(PRIVATE + at)
            words[given[name]] = value
    text = local_sentence(mistake.message % given)
    return "".join(words.get(letter, letter) for letter in text)


@register.filter
def local_percent(share: float | None) -> str:
    """A share from 0 to 1 as per cent; a dash if there is none."""
    return "–" if share is None else reading.percent(share, _language())


@register.filter
def local_date(value: date | datetime | None, zone: str | tzinfo | None = None) -> SafeString | str:
    """A date in words, as `<time>`. A moment is first taken to the zone (else the portal's)."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(_zone(zone)).date()
    return _time(value.isoformat(), reading.day(value, _language()))


@register.filter
def local_weekday(value: date | None) -> str:
    """A date with its weekday, short: "Sun 22 Nov 2026"."""
    return reading.day(value, _language(), weekday=True) if value else ""


@register.filter
def local_datetime(value: datetime | None, zone: str | tzinfo | None = None) -> SafeString | str:
    """A moment with the zone's name, as `<time>`."""
    if not value:
        return ""
    return _time(value.isoformat(), reading.moment(value, _language(), _zone(zone)))


@register.filter
def local_deadline(due: datetime | None, zone: str | tzinfo | None = None) -> SafeString | str:
    """A due moment as people say it: midnight is "by the end of" the day before."""
    if not due:
        return ""
    return _deadline(due, due.isoformat(), _zone(zone), _language())


# A list says the same few again and again, so what depends on values alone is kept. The written form is
# among them: moments of two zones may be equal.
@lru_cache(maxsize=4096)
def _deadline(due: datetime, written: str, there: tzinfo, language: str) -> SafeString:
    if not reading.at_end_of_day(due, there):
        text = gettext("by %(moment)s") % {"moment": reading.moment(due, language, there)}
    else:
        last = reading.day(reading.last_day(due, there), language, weekday=True)
        text = gettext("by the end of %(day)s") % {"day": last}
    return _time(written, text)


@register.filter
def time_ago(value: datetime | None) -> SafeString | str:
    """How long ago, with the exact moment to be read on hovering."""
    if not value:
        return ""
    language = _language()
    exactly = reading.moment(value, language, _zone())
    return _time(value.isoformat(), reading.ago(value, timezone.now(), language), exactly)


# --- Clocks and states ----------------------------------------------------------------------


def clock_state(clock: Any, now: datetime) -> tuple[str, str]:
    """How a clock stands: a code (late, today, soon, on-time, paused, met, stopped) and words."""
    due, missed = _of(clock, "due_at"), _of(clock, "missed_at")
    if _of(clock, "stopped_at"):
        if _of(clock, "stopped_how") != "met":
            return "stopped", gettext("Stopped")
        return ("late", gettext("Done late")) if missed else ("met", gettext("Done in time"))
    if _of(clock, "paused_at") and not missed:
        left = _of(clock, "days_left") or 0
        words = ngettext("Paused, %(days)s day left", "Paused, %(days)s days left", left)
        return "paused", words % {"days": reading.number(left, _language())}
    if missed or now >= due:
        return "late", _late_by((now - due).days, _language())
    return _in_time(reading.days_until(due, now, _zone(_of(clock, "zone"))), _language())


@lru_cache(maxsize=1024)
def _late_by(days: int, language: str) -> str:
    # Below none after a sweep ahead of time (`sweep --at`, in a demonstration).
    if days <= 0:
        return gettext("Late")
    words = ngettext("Late by %(days)s day", "Late by %(days)s days", days)
    return words % {"days": reading.number(days, language)}


@lru_cache(maxsize=1024)
def _in_time(days: int, language: str) -> tuple[str, str]:
    if not days:
        return "today", gettext("Due today")
    words = ngettext("%(days)s day left", "%(days)s days left", days)
    return (
        "soon" if days <= SOON_DAYS else "on-time",
        words % {"days": reading.number(days, language)},
    )


_SVG = (
    '<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false" fill="none" '
    'stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">'
)
_CLOCK_FACE = '<circle cx="8" cy="8" r="6.800"/><path d="M8 4.200V8l2.600 1.800"/>'
#: A drawing beside each state, so that colour is never the only sign. Drawn here and not in a
#: template, since a list has fifty of them.
_BADGES = {
    "late": '<path d="M8 1.800 15 14H1zM8 6.500v3.500M8 12v.1"/>',
    "met": '<circle cx="8" cy="8" r="6.800"/><path d="m5 8.200 2.200 2.300L11 6"/>',
    "paused": '<path d="M5.500 3.500v9M10.500 3.500v9"/>',
    "stopped": '<rect x="3.500" y="3.500" width="9" height="9" rx="1"/>',
}


@register.simple_tag
def due_badge(clock: Any) -> SafeString | str:
    """How a clock (row or dict with due_at, missed_at, stopped_at, paused_at …) stands."""
    if not clock or not _of(clock, "due_at"):
        return ""
    return _badge(*clock_state(clock, timezone.now()))


@lru_cache(maxsize=1024)
def _badge(code: str, words: str) -> SafeString:
    drawing = mark_safe(f"{_SVG}{_BADGES.get(code, _CLOCK_FACE)}</svg>")  # noqa: S308 - ours
    return format_html('<span class="app-badge app-badge--{}">{}{}</span>', code, drawing, words)


@register.simple_tag
def clock_code(clock: Any) -> str:
    """The code alone, for a class name: late, today, soon, on-time, paused, met or stopped."""
    return clock_state(clock, timezone.now())[0] if clock else ""


@register.filter
def clock_name(kind: str) -> str:
    """What a clock waits for."""
    return str(CLOCK_NAMES.get(kind, kind))


@register.filter
def who_has_it(case: Case) -> str:
    """Who has a case: an office (in an appeal the one that decides), the overseers or the desk."""
    return hands_of(case).words


@register.simple_tag
def status_tag(status: str, agency: object = "", audience: str = "citizen") -> SafeString:
    """The state as a tag: a citizen's five words (with the name of the office that has it, in an appeal
    of the one that decides, none being the overseers), or the officers'.
    """
    words, colour = STATES.get(status, (status, "grey"))
    if audience == "citizen":
        words = CITIZEN_WORDS.get(status) or _with(status, agency)
    return _tag(colour, str(words))


def _with(status: str, agency: object) -> str:
    if agency:
        return gettext("With %(agency)s") % {"agency": agency}
    return gettext("With the overseers") if status == "appealed" else gettext("With the agency")


@lru_cache(maxsize=1024)
def _tag(colour: str, words: str) -> SafeString:
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)


# --- Forms ----------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField | None, **options: Any) -> str:
    """One field with label, hint and error.

    Options: `heading=True` (the label is the page's h1), `size` (s, m, l), `hide_label=True`,
    `choices_as_cards=True`.
    """
    if not bound:
        return ""
    return draw_field(bound, **options)


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, list[dict[str, str]]]:
    """All mistakes of the forms, each linked to its field; nothing if there are none."""
    mistakes = []
    for form in forms:
        if not isinstance(form, BaseForm) or not form.is_bound:
            continue
        first = next((f"#{bound.auto_id}" for bound in form.visible_fields()), "")
        general = form.non_field_errors().as_data()
        mistakes += [{"told": local_mistake(one), "href": first} for one in general]
        for bound in form:
            href = "" if bound.is_hidden else f"#{getattr(bound, 'first_id', bound.auto_id)}"
            mistakes += [_told(bound, one) | {"href": href} for one in bound.errors.as_data()]
    return {"mistakes": mistakes}


def _told(bound: BoundField, mistake: ValidationError) -> dict[str, str]:
    """Django's "This field is required" says nothing far from its field: the label goes first. So with
    "Ensure this value is less than 5": its own sentences are told by what they are, not by their words.

    The label stands for itself: its digits are as above the field (Open311), whatever the reader's are.
    """
    field = bound.field
    own = [
        message
        for cls in type(field).__mro__
        for message in getattr(cls, "default_error_messages", {}).values()
    ]
    own += [getattr(check, "message", None) for check in field.validators]
    is_own = any(mistake.message is message for message in own)
    return {"label": str(bound.label) if is_own else "", "told": local_mistake(mistake)}


@register.filter
def has_mistakes(form: object) -> bool:
    """Whether a form was sent and refused; the page's title then says so."""
    return isinstance(form, BaseForm) and form.is_bound and bool(form.errors)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """This page's query string with some parameters set (or dropped, if None): filters, pages."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None and value != "":
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def page_numbers(paginator: Paginator, current: int) -> list[int | None]:
    """The pages to link to; None where some are left out."""
    return [
        number if isinstance(number, int) else None
        for number in paginator.get_elided_page_range(current, on_each_side=1, on_ends=1)
    ]
