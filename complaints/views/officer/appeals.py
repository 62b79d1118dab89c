"""The list of appeals: what is to be decided, hearings by date, investigations, recommendations."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints import clocks
from complaints.errors import Sentence
from complaints.models import Appeal, Clock, Hearing, Investigation, Recommendation
from complaints.selectors import appeals
from complaints.views.officer.access import LEADERS, officers
from complaints.views.officer.paging import page_of

#: Those who decide appeals, or see to it that they are decided.
DECIDERS = (*LEADERS, Role.OVERSEER, Role.AUDITOR)
#: More than so many are not counted: the number would tell nothing else.
COUNTED = 500
LISTS: dict[str, Callable[[Actor], QuerySet[Any]]] = {
    "decide": appeals.to_decide,
    "hearings": appeals.hearings_to_come,
    "investigations": appeals.open_investigations,
    "recommendations": appeals.open_recommendations,
}
TITLES: dict[str, Sentence] = {
    "decide": gettext_lazy("To decide"),
    "hearings": gettext_lazy("Hearings"),
    "investigations": gettext_lazy("Investigations"),
    "recommendations": gettext_lazy("Recommendations to answer"),
}
NOTHING: dict[str, Sentence] = {
    "decide": gettext_lazy("No appeal waits for a decision."),
    "hearings": gettext_lazy("No hearing is set."),
    "investigations": gettext_lazy("Nothing is being investigated."),
    "recommendations": gettext_lazy("No recommendation waits for an answer."),
}


@require_safe
@officers(*DECIDERS)
def appeals_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One of four lists, with the counts of all; every row leads to its case."""
    show = request.GET.get("show", "")
    show = show if show in LISTS else "decide"
    page = page_of(request, LISTS[show](actor))
    context = {
        "show": show,
        "title": TITLES[show],
        "nothing": NOTHING[show],
        "counts": _counts(actor, show),
        "page": page,
        "rows": ROWS[show](page.rows),
    }
    return render(request, "complaints/office_appeals.html", context)


def _counts(actor: Actor, show: str) -> list[dict[str, Any]]:
    here = reverse("office-appeals")
    return [
        {
            "title": TITLES[name],
            "number": _number(rows(actor)),
            "url": f"{here}?show={name}",
            "current": name == show,
            "code": "",
        }
        for name, rows in LISTS.items()
    ]


def _number(rows: QuerySet[Any]) -> int:
    return rows.order_by().values("pk")[:COUNTED].count()


def _case_url(number: str) -> str:
    return reverse("office-case", args=[number]) + "#appeal"


def _decides(appeal: Appeal) -> str:
    return appeal.office.name if appeal.office else _("The overseers")


def _due(kind: str, case_ids: list[int]) -> dict[int, Clock]:
    """The open clocks of a kind, by case (one query)."""
    found = Clock.objects.filter(case__in=case_ids, kind=kind, stopped_at=None)
    return {clock.case_id: clock for clock in found}


def _appeal_rows(rows: list[Appeal]) -> list[dict[str, Any]]:
    due = _due(clocks.Kind.APPEAL, [row.case_id for row in rows])
    return [
        {
            "number": row.case.number,
            "url": _case_url(row.case.number),
            "facts": [
                (_("About"), row.case.holder.name if row.case.holder else _("The central desk")),
                (_("Who decides"), _decides(row)),
            ],
            "at": row.filed_at,
            "at_label": _("Made"),
            "clock": due.get(row.case_id),
            "tags": _tags(row),
        }
        for row in rows
    ]


def _tags(row: Any) -> list[str]:
    tags = [_("Second appeal")] if row.level > 1 else []
    if row.by_respondent:
        tags.append(_("By the other side"))
    if row.handled:
        tags.append(_("You handled the case: somebody else decides"))
    return tags


def _hearing_rows(rows: list[Hearing]) -> list[dict[str, Any]]:
    return [
        {
            "number": row.appeal.case.number,
            "url": _case_url(row.appeal.case.number),
            "facts": [(_("Who decides"), _decides(row.appeal))],
            "at": row.at,
            "at_label": _("When"),
            "late": _("Minutes are missing") if appeals.is_overdue(row) else "",
        }
        for row in rows
    ]


def _investigation_rows(rows: list[Investigation]) -> list[dict[str, Any]]:
    due = _due(clocks.Kind.INVESTIGATION, [row.appeal.case_id for row in rows])
    return [
        {
            "number": row.appeal.case.number,
            "url": _case_url(row.appeal.case.number),
            "facts": [
                (_("Who leads it"), ", ".join(str(m.user) for m in getattr(row, "leads", []))),
                (_("Who decides"), _decides(row.appeal)),
            ],
            "at": row.begun_at,
            "at_label": _("Ordered"),
            "clock": due.get(row.appeal.case_id),
        }
        for row in rows
    ]


def _recommendation_rows(rows: list[Recommendation]) -> list[dict[str, Any]]:
    return [
        {
            "number": row.case.number,
            "url": _case_url(row.case.number),
            "facts": [
                (_("Which office is to act"), row.office.name),
                (_("Recommended by"), _decides(row.appeal)),
            ],
            "at": row.made_at,
            "at_label": _("Recommended"),
        }
        for row in rows
    ]


ROWS: dict[str, Callable[[list[Any]], list[dict[str, Any]]]] = {
    "decide": _appeal_rows,
    "hearings": _hearing_rows,
    "investigations": _investigation_rows,
    "recommendations": _recommendation_rows,
}
