"""A table as a file: at once where it is short, else made by a worker."""

from dataclasses import fields
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from complaints.errors import Invalid
from complaints.views.officer.access import officers
from oversight.dashboards.access import LEAD, LOOK_ON
from oversight.dashboards.listing import number_of
from oversight.dashboards.which import Which, which_of
from oversight.exports.asking import CASES, Wanted, ask_of, office_of, sheet_of
from oversight.exports.making import WHAT
from oversight.exports.sheets import CSV, TYPES, csv_parts, write
from oversight.exports.tables import Ask, is_quick, tables_for
from oversight.orders import placing

#: A list of more cases than this is made by a worker.
SOON = 2000


@require_http_methods(["GET", "HEAD", "POST"])
@officers(*LOOK_ON, *LEAD)
def export(request: HttpRequest, actor: Actor) -> HttpResponse | StreamingHttpResponse:
    """What there is as files, for the filters of the address; with POST the file, or the way to it."""
    # The boards call it an agency.
    office = office_of(actor, request.GET.get("office") or request.GET.get("agency", ""))
    ask = ask_of(actor, request.GET, office)
    mistaken = False
    if request.method == "POST":
        answer = _file(request, actor, ask)
        if answer is not None:
            return answer
        mistaken = True
    which = which_of(request.GET).known_to(actor)
    has_list = "measure" in request.GET or "state" in request.GET
    context = {
        "asked": ask.asked,
        "office": office,
        "tables": tables_for(ask),
        "chosen": request.GET.get("table", ""),
        "which": which if has_list else None,
        "cases_table": CASES,
        "mistaken": mistaken,
        "up": _up(request, office, has_list=has_list),
        "query": request.GET.urlencode(),
    }
    return render(request, "oversight/export.html", context, status=422 if mistaken else 200)


def _up(request: HttpRequest, office: Any, *, has_list: bool) -> str:
    if has_list:
        where = reverse("oversight-cases")
    else:
        where = reverse("oversight-agency", args=[office.code]) if office else reverse("oversight")
    return f"{where}?{request.GET.urlencode()}" if request.GET else where


def _file(
    request: HttpRequest, actor: Actor, ask: Ask
) -> HttpResponse | StreamingHttpResponse | None:
    """The file, or the way to it; None where no table or no kind of file was chosen."""
    form = request.POST.get("form", "")
    table = request.POST.get("table", "")
    if form not in TYPES or table not in (*tables_for(ask), CASES):
        return None
    # Named also where the address names none: it may be another one by the time the file is made.
    wanted = Wanted(table, form, ask.office.code if ask.office else "", _kept(request.GET))
    if not _is_short(actor, wanted):
        return _order(request, actor, wanted)
    sheet = sheet_of(actor, wanted)
    if form == CSV:
        answer: Any = StreamingHttpResponse(csv_parts(sheet), content_type=TYPES[CSV])
    else:
        answer = HttpResponse(content_type=TYPES[form])
        write(sheet, form, answer)
    answer["Content-Disposition"] = f'attachment; filename="{wanted.file_name(sheet.name)}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _kept(query: QueryDict) -> dict[str, str]:
    """The filters of the address, as an order keeps them: what is asked, and nothing else."""
    names = ("period", "category", "district", "channel", "kind")
    figure = tuple(field.name for field in fields(Which))
    return {name: str(query[name])[:60] for name in (*names, *figure) if query.get(name)}


def _is_short(actor: Actor, wanted: Wanted) -> bool:
    ask = ask_of(actor, wanted.query, office_of(actor, wanted.office))
    if wanted.table != CASES:
        return is_quick(ask, wanted.table)
    which = which_of(wanted.query).known_to(actor)
    number = number_of(which, which.of(ask.question, actor, ask.office), list(ask.hidden))
    return number is not None and number <= SOON


def _order(request: HttpRequest, actor: Actor, wanted: Wanted) -> HttpResponse:
    try:
        order = placing.place(
            WHAT,
            wanted.as_json(),
            actor=actor,
            language=get_language() or "en",
            name=wanted.file_name(wanted.table),
            content_type=TYPES[wanted.form],
            fresh_for=placing.AN_HOUR,
        )
    except Invalid as refused:
        context = {"refused": refused, "files": reverse("oversight-files")}
        return render(request, "oversight/export_refused.html", context, status=409)
    return redirect("oversight-file", order.pk)
