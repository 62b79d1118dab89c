"""The dashboards: where is it stuck, who is late, is it true. Overseers, auditors and the desk."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from agencies.selectors import office_by_code
from complaints.models import Case
from complaints.selectors import stuck
from complaints.selectors.figures import PERIODS, Figures, PeriodFigures
from complaints.selectors.figures_seen import figures_for
from complaints.selectors.pressure import open_pressure
from complaints.selectors.stuck import Standing
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.audits import queue
from oversight.audits.rates import (
    Found,
    PeriodFound,
    SideBySide,
    by_ending,
    compared,
    country_of,
    found_for,
    side_by_side,
)
from oversight.selectors import AgencyRow, agency_rows, bar_length, outbox_sign, pieces, sweep_sign
from oversight.spreadsheet import as_csv

LOOK_ON = (Role.OVERSEER, Role.AUDITOR, Role.DESK)
OLDEST, AGENCIES_SHOWN = 8, 12
LEVELS = (3, 2, 1)


def period_asked(request: HttpRequest) -> int:
    """The period in the address (`?period=30`); the shortest one for whatever cannot be read."""
    asked = request.GET.get("period", "")
    return next((days for days in PERIODS if str(days) == asked), PERIODS[0])


def periods(current: int) -> list[dict[str, Any]]:
    """The periods to choose from, as links."""
    names = {30: _("30 days"), 90: _("90 days"), 365: _("A year")}
    return [{"days": days, "name": names[days], "current": days == current} for days in PERIODS]


@require_safe
@officers(*LOOK_ON)
def dashboard(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The country in one screen; `?format=csv` gives the table of the agencies as a file."""
    days = period_asked(request)
    now, period = stuck.now_by_agency(actor), figures_for(actor, days)
    rows, found = agency_rows(now, period), found_for(actor, period)
    if request.GET.get("format") == "csv":
        return as_csv(f"agencies-{timezone.localdate()}-{days}-days", _table(rows, found))
    rates = compared(period, found, public=False)
    shown = rows if "all" in request.GET else rows[:AGENCIES_SHOWN]
    context = {
        "counts": [*_counts(now.total), *_pressure(actor), *_calls(actor)],
        **_rates(period, found, rates if "all" in request.GET else rates[:AGENCIES_SHOWN]),
        "alarming": [row for row in rates if row.alarming],
        "now": now,
        "period": period,
        "figures": period.total,
        "pieces": pieces(period.total),
        "periods": periods(days),
        "rows": shown,
        "hidden": len(rows) - len(shown),
        "oldest": case_rows(list(stuck.oldest_open(actor)[:OLDEST])),
        "sweep": sweep_sign(),
        "outbox": outbox_sign(),
        "registry": stuck.registry_problems(),
        "may_mend": actor.has(Role.REGISTRAR),
    }
    return render(request, "oversight/dashboard.html", context)


def _counts(total: Standing) -> list[dict[str, Any]]:
    """The counts on top, each with the list behind it."""
    inbox = reverse("office")
    moved_up = f"{reverse('oversight-escalations')}?level={stuck.TOP_LEVEL}"
    entries = [
        (_("Late"), total.late, f"{inbox}?due=late", "late"),
        (_("Moved up to the top"), total.top, moved_up, "late"),
        (_("Due today"), total.today, f"{inbox}?due=today", "today"),
        (_("Waiting at the desk"), total.desk, f"{inbox}?status=received", ""),
        (_("Owner disputed"), total.disputed, f"{inbox}?status=disputed_owner", ""),
        (_("In appeal"), total.appealed, f"{inbox}?status=appealed", ""),
        (_("Open in all"), total.open, inbox, ""),
    ]
    return _as_counts(entries)


def _pressure(actor: Actor) -> list[dict[str, Any]]:
    """How many say that they were pressed to give up; for overseers alone."""
    if not actor.has(Role.OVERSEER):
        return []
    return _as_counts(
        [(_("Pressed to give up"), open_pressure(actor), reverse("pressured"), "late")]
    )


def _calls(actor: Actor) -> list[dict[str, Any]]:
    """How many citizens are to be asked once more, by whoever looks."""
    waiting = queue.count(queue.due_for(actor))
    return _as_counts([(_("To ask once more"), waiting, reverse("oversight-audits"), "")])


def _rates(period: PeriodFigures, found: PeriodFound, rows: list[SideBySide]) -> dict[str, Any]:
    country = country_of(period, found)
    return {"country": country, "rates": [country, *rows], "endings": by_ending(found.total)}


def _as_counts(entries: list[tuple[str, int, str, str]]) -> list[dict[str, Any]]:
    return [
        {"title": title, "number": number, "url": url, "code": code if number else ""}
        for title, number, url, code in entries
    ]


def _table(rows: list[AgencyRow], found: PeriodFound) -> list[list[object]]:
    """The table of the agencies as a spreadsheet has it: shares as numbers from 0 to 1."""
    head: list[object] = [
        _("Code"),
        _("Agency"),
        _("Late"),
        _("Open"),
        _("Due today"),
        _("Moved up to the top"),
        _("In appeal"),
        _("Filed in the period"),
        _("Answered in the period"),
        _("Confirmed resolved"),
        _("Confirmed resolved, share of all answered"),
        _("Answered in 10 days from filing, share"),
        _("Answered in 10 days from the forward, share"),
        _("Median days to the answer"),
        _("Nine of ten answers within days"),
        _("Sent back at least once"),
        _("Times sent back in all"),
        _("Left out of the figures"),
        _("Citizens asked again"),
        _("Of these resolved by the office’s word, share"),
        _("Of these solved by the citizens’ word, share"),
        _("Solved, 95 % interval from"),
        _("Solved, 95 % interval to"),
    ]
    return [head, *(_line(row, found) for row in rows)]


def _line(row: AgencyRow, found: PeriodFound) -> list[object]:
    asked = found.of(row.office.pk if row.office else None)
    numbers = _numbers(row.standing, row.figures)
    return [*_who(row.office), *numbers, row.left_out, *_asked_again(asked)]


def _asked_again(found: Found) -> list[object]:
    shares = (found.claimed_share, found.solved_share, *(found.interval or (None, None)))
    return [found.reached, *(None if share is None else round(share, 3) for share in shares)]


def _who(office: Office | None) -> list[object]:
    return [office.code, office.name] if office else ["", _("The central desk")]


def _numbers(now: Standing, figures: Figures) -> list[object]:
    shares = (figures.confirmed_share, figures.citizens_share, figures.agencys_share)
    return [
        *(now.late, now.open, now.today, now.top, now.appealed),
        *(figures.filed, figures.answered, figures.confirmed),
        *(None if share is None else round(share, 3) for share in shares),
        *(figures.median_days, figures.most_days, figures.returned, figures.hops),
    ]


def case_rows(cases: list[Case]) -> list[dict[str, Any]]:
    """Cases for a list: the case, its address, and when an officer has to do something."""
    return [
        {
            "case": case,
            "url": reverse("office-case", args=[case.number]),
            "clock": {"due_at": case.next_due} if case.next_due else None,
        }
        for case in cases
    ]


@require_safe
@officers(*LOOK_ON)
def agency(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One agency: its offices, its late cases, its oldest ones, its figures."""
    office = office_by_code(settings.COUNTRY, code.replace("\0", ""))
    if office is None:
        raise Http404
    if office.agency is not None and office.agency_id != office.pk:
        return redirect("oversight-agency", code=office.agency.code)
    days = period_asked(request)
    period = figures_for(actor, days)
    offices = stuck.now_by_office(actor, office)
    total = Standing()
    for _office, standing in offices:
        total.add(standing)
    figures = period.by_agency.get(office.pk, Figures())
    all_found = found_for(actor, period)
    found = all_found.of(office.pk)
    most = max((standing.late for _office, standing in offices), default=0)
    late = page_of(request, stuck.late_of(actor, office))
    context = {
        "office": office,
        "counts": _agency_counts(office, total),
        "total": total,
        "offices": [
            {"office": row, "standing": standing, "bar": bar_length(standing.late, most)}
            for row, standing in offices
        ],
        "late": case_rows(late.rows),
        "page": late,
        "oldest": case_rows(list(stuck.oldest_open(actor, office)[:OLDEST])),
        "figures": figures,
        "left_out": period.left_out.get(office.pk, 0),
        "pieces": pieces(figures),
        "rates": [side_by_side(office.name, office.code, figures, found)],
        "country": country_of(period, all_found),
        "endings": by_ending(found) if found.reached else [],
        "period": period,
        "periods": periods(days),
    }
    return render(request, "oversight/agency.html", context)


def _agency_counts(office: Office, total: Standing) -> list[dict[str, Any]]:
    """An agency's counts, each with what is behind it."""
    moved_up = f"{reverse('oversight-escalations')}?{urlencode({'agency': office.code})}"
    entries = [
        (_("Late"), total.late, "#late", "late"),
        (_("Moved up to the top"), total.top, f"{moved_up}&level={stuck.TOP_LEVEL}", "late"),
        (_("Due today"), total.today, "#oldest", "today"),
        (_("In appeal"), total.appealed, "#oldest", ""),
        (_("Open in all"), total.open, "#oldest", ""),
    ]
    return _as_counts(entries)


@require_safe
@officers(*LOOK_ON)
def escalations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What has moved up and is still late: level, agency, since when."""
    asked = request.GET.get("level", "")
    level = next((level for level in LEVELS if str(level) == asked), 0)
    chosen = request.GET.get("agency", "").replace("\0", "")[:60]
    office = office_by_code(settings.COUNTRY, chosen) if chosen else None
    found = page_of(request, stuck.moved_up(actor, level, office.code if office else ""))
    counted = stuck.moved_up_by_level(actor, office.code if office else "")
    context = {
        "rows": [
            {"clock": clock, "case": clock.case, "url": _case_url(clock.case)}
            for clock in found.rows
        ],
        "page": found,
        "counts": _level_counts(counted, level, office),
        "level": level,
        "office": office,
    }
    return render(request, "oversight/escalations.html", context)


def _case_url(case: Case) -> str:
    return reverse("office-case", args=[case.number])


def _level_counts(
    counted: dict[int, int], level: int, office: Office | None
) -> list[dict[str, Any]]:
    """How many are at each level, as filters; the agency chosen stays."""
    titles = {
        3: _("Level 3: overseers"),
        2: _("Level 2: the agency above"),
        1: _("Level 1: head of the office"),
        0: _("All levels"),
    }
    kept = {"agency": office.code} if office else {}
    return [
        {
            "title": title,
            "number": counted.get(number, 0) if number else sum(counted.values()),
            "code": "late" if number == stuck.TOP_LEVEL and counted.get(number) else "",
            "url": f"?{urlencode(kept | ({'level': number} if number else {}))}",
            "current": number == level,
        }
        for number, title in titles.items()
    ]
