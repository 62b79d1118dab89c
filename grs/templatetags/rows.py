"""The rows of officers' lists, put together here and not in a template: a page has fifty of them.

`{% load rows %}`, then `{% case_rows rows select %}` within a table's body (see _inbox_table.html).
"""

import html
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext

from grs.templatetags.portal import due_badge, local_deadline, status_tag, time_ago

register = template.Library()


def escape(value: object) -> str:
    """Text for markup. Python's own: Django's wrappers take most of a list's time."""
    return html.escape(str(value))


#: So many letters of what somebody wrote stand in a list; cut at the end of a word behind so many.
EXCERPT, AT_LEAST = 160, 120


@register.simple_tag
def case_rows(rows: Iterable[Mapping[str, Any]], select: object = False) -> SafeString:
    """Rows of a list of cases: each {case, clock}.

    `case` is {id, number, text, status, agency, place, category, filed_at, url, sensitive; optional:
    language, assigned (the officer)}. `select`: with boxes for work on several at once.
    """
    words = {
        "due": escape(gettext("Due")),
        "state": escape(gettext("State")),
        "about": escape(gettext("About")),
        "received": escape(gettext("Received")),
    }
    drawn = (_row(row["case"], row["clock"], words, bool(select)) for row in rows)
    return mark_safe("".join(drawn))  # noqa: S308 - each is escaped


def _row(case: Mapping[str, Any], clock: Any, words: Mapping[str, str], select: bool) -> str:
    # Each value goes through `escape`, or is markup from a function that escapes.
    state = status_tag(case["status"], case["agency"], "officer")
    number, due = escape(case["number"]), _due(clock) if clock else "–"
    cell = '<td class="govuk-table__cell" data-label="'
    return (
        f'<tr class="govuk-table__row">{_box(case) if select else ""}'
        '<th class="govuk-table__cell app-table__lead" scope="row">'
        f'<a class="govuk-link app-number" href="{escape(case["url"])}" data-key-open>{number}</a>'
        f"{_sensitive() if case['sensitive'] else ''}{_excerpt(case)}</th>"
        f'{cell}{words["due"]}">{due}</td>'
        f'{cell}{words["state"]}"><span>{state}{_who_has_it(case)}</span></td>'
        f'{cell}{words["about"]}"><span>{_about(case)}</span></td>'
        f'{cell}{words["received"]}">{time_ago(case["filed_at"])}</td></tr>\n'
    )


def _box(case: Mapping[str, Any]) -> str:
    key = escape(case["id"])
    mark = escape(gettext("Mark %(number)s") % {"number": case["number"]})
    return (
        '<td class="govuk-table__cell app-table__select">'
        '<div class="govuk-checkboxes govuk-checkboxes--small">'
        '<div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" type="checkbox"'
        f' name="case" value="{key}" id="case-{key}" form="bulk"><label class="govuk-label'
        f' govuk-checkboxes__label" for="case-{key}"><span class="govuk-visually-hidden">{mark}'
        "</span></label></div></div></td>"
    )


def _sensitive() -> str:
    word = escape(gettext("Sensitive"))
    return f' <strong class="govuk-tag govuk-tag--red">{word}</strong>'


def _excerpt(case: Mapping[str, Any]) -> str:
    language = case.get("language")
    lang = f' lang="{escape(language)}"' if language else ""
    return f'<span class="app-inbox__excerpt"{lang}>{escape(excerpt(case["text"]))}</span>'


def excerpt(text: str) -> str:
    """The beginning of a text, cut at the end of a word where there is one."""
    if len(text) <= EXCERPT:
        return text
    end = text.rfind(" ", AT_LEAST, EXCERPT)
    return f"{text[:end]}…" if end > 0 else Truncator(text).chars(EXCERPT)


def _due(clock: Any) -> str:
    due = local_deadline(clock.due_at, clock.zone)
    return f'<span>{due_badge(clock)}<span class="app-inbox__due">{due}</span></span>'


def _who_has_it(case: Mapping[str, Any]) -> str:
    if not case["agency"]:
        return ""
    officer = case.get("assigned")
    by = f"<br>{escape(officer)}" if officer else ""
    return f'<br><span class="app-muted">{escape(case["agency"])}{by}</span>'


def _about(case: Mapping[str, Any]) -> str:
    place = case["place"]
    where = f'<br><span class="app-muted">{escape(place)}</span>' if place else ""
    return f"{escape(case['category'] or '–')}{where}"
