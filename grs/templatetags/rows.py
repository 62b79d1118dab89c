"""The rows of officers' lists, put together here and not in a template: a page has fifty of them.

`{% load rows %}`, then `{% case_rows rows select %}` within a table's body (see _inbox_table.html).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext

from grs.templatetags.portal import due_badge, local_deadline, status_tag, time_ago

register = template.Library()

#: So many letters of what somebody wrote stand in a list; cut at the end of a word behind so many.
EXCERPT, AT_LEAST = 160, 120


@register.simple_tag
def case_rows(rows: Iterable[Mapping[str, Any]], select: object = False) -> SafeString:
    """Rows of a list of cases: each {case, clock}.

    `case` is {id, number, text, status, agency, place, category, filed_at, url, sensitive; optional:
    language, assigned (the officer)}. `select`: with boxes for work on several at once.
    """
    words = {
        "due": gettext("Due"),
        "state": gettext("State"),
        "about": gettext("About"),
        "received": gettext("Received"),
    }
    drawn = (_row(row["case"], row["clock"], words, bool(select)) for row in rows)
    return mark_safe("".join(drawn))  # noqa: S308 - each is escaped


def _row(case: Mapping[str, Any], clock: Any, words: Mapping[str, str], select: bool) -> str:
    return format_html(
        '<tr class="govuk-table__row">{}'
        '<th class="govuk-table__cell app-table__lead" scope="row">'
        '<a class="govuk-link app-number" href="{}" data-key-open>{}</a>{}{}</th>'
        '<td class="govuk-table__cell" data-label="{}">{}</td>'
        '<td class="govuk-table__cell" data-label="{}"><span>{}{}</span></td>'
        '<td class="govuk-table__cell" data-label="{}"><span>{}{}</span></td>'
        '<td class="govuk-table__cell" data-label="{}">{}</td></tr>\n',
        _box(case) if select else "",
        case["url"],
        case["number"],
        _sensitive() if case["sensitive"] else "",
        _excerpt(case),
        words["due"],
        _due(clock) if clock else "–",
        words["state"],
        status_tag(case["status"], case["agency"], "officer"),
        _who_has_it(case),
        words["about"],
        case["category"] or "–",
        format_html('<br><span class="app-muted">{}</span>', case["place"])
        if case["place"]
        else "",
        words["received"],
        time_ago(case["filed_at"]),
    )


def _box(case: Mapping[str, Any]) -> str:
    return format_html(
        '<td class="govuk-table__cell app-table__select">'
        '<div class="govuk-checkboxes govuk-checkboxes--small">'
        '<div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" type="checkbox"'
        ' name="case" value="{id}" id="case-{id}" form="bulk"><label class="govuk-label'
        ' govuk-checkboxes__label" for="case-{id}"><span class="govuk-visually-hidden">{mark}</span>'
        "</label></div></div></td>",
        id=case["id"],
        mark=gettext("Mark %(number)s") % {"number": case["number"]},
    )


def _sensitive() -> str:
    return format_html(
        ' <strong class="govuk-tag govuk-tag--red">{}</strong>', gettext("Sensitive")
    )


def _excerpt(case: Mapping[str, Any]) -> str:
    language = case.get("language")
    return format_html(
        '<span class="app-inbox__excerpt"{}>{}</span>',
        format_html(' lang="{}"', language) if language else "",
        excerpt(case["text"]),
    )


def excerpt(text: str) -> str:
    """The beginning of a text, cut at the end of a word where there is one."""
    if len(text) <= EXCERPT:
        return text
    end = text.rfind(" ", AT_LEAST, EXCERPT)
    return f"{text[:end]}…" if end > 0 else Truncator(text).chars(EXCERPT)


def _due(clock: Any) -> str:
    return format_html(
        '<span>{}<span class="app-inbox__due">{}</span></span>',
        due_badge(clock),
        local_deadline(clock.due_at, clock.zone),
    )


def _who_has_it(case: Mapping[str, Any]) -> str:
    if not case["agency"]:
        return ""
    officer = case.get("assigned")
    return format_html(
        '<br><span class="app-muted">{}{}</span>',
        case["agency"],
        format_html("<br>{}", officer) if officer else "",
    )
