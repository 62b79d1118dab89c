"""The desk's pages of clusters: what came in again and again, and handling it as one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints import moment
from complaints.errors import WHY_NOT, Refused
from complaints.models import Case
from complaints.selectors.access import SEE_ALL
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from complaints.views.officer.wording import CHANNELS
from fairplay.models import Cluster, Member
from fairplay.selectors import clusters as reading
from fairplay.services import joining
from fairplay.views.tiles import tiles

#: Filings shown on a cluster's page; the others are in it all the same.
SHOWN = 200
#: One that got another filing within this time is growing.
GROWS = timedelta(hours=24)
#: From this share on, what came from one sender is a flood rather than a campaign.
FLOOD = 0.5


@require_safe
@never_cache
@officers(*SEE_ALL)
def cluster_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Clusters to be looked at, handled as one, or dismissed."""
    show = request.GET.get("show", "")
    show = show if show in reading.SHOWS else ""
    page = page_of(request, reading.clusters(actor, show))
    number, first = reading.cluster_counts(actor), reading.first_filings(page.rows, actor)
    here = reverse("clusters")
    titles = {
        "": _("To be looked at"),
        "joined": _("Handled as one"),
        "dismissed": _("Not the same"),
    }
    context = {
        "page": page,
        "rows": [_row(cluster, first.get(cluster.pk)) for cluster in page.rows],
        "show": show,
        "more": number["more"],
        "counts": tiles(titles, number, here, show),
    }
    return render(request, "fairplay/clusters.html", context)


def _row(cluster: Cluster, first: Case | None) -> dict[str, Any]:
    """A cluster as a list shows it. The words are those of a filing that the reader may see."""
    seed = cluster.seed
    share = cluster.most_from_one / cluster.size if cluster.size else 0
    return {
        "cluster": cluster,
        "url": reverse("cluster", args=[cluster.key]),
        "text": first.text if first else "",
        "language": first.language if first else "",
        "place": seed.place,
        "grows": cluster.last_at >= moment.now() - GROWS,
        "channels": [
            (CHANNELS.get(code, code), count) for code, count in sorted(cluster.channels.items())
        ],
        "share": share,
        "flood": share >= FLOOD and cluster.most_from_one > 1,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officers(*SEE_ALL)
def cluster_page(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """The filings of a cluster, with what differs; handled as one, or dismissed, by the desk."""
    cluster = _found(actor, key)
    if request.method != "POST":
        return _page(request, actor, cluster)
    if not actor.has(Role.DESK):
        raise PermissionDenied
    try:
        if request.POST.get("do") == "dismiss":
            joining.dismiss(actor=actor, cluster=cluster, reason=request.POST.get("reason", ""))
            messages.success(request, _("It is not shown any more, unless it grows by half."))
            return redirect("clusters")
        _join(request, actor, cluster)
    except Refused as refusal:
        return _page(request, actor, cluster, refusal)
    messages.success(request, _("They are being joined, and each citizen is told."))
    return redirect("cluster", key=cluster.key)


def _found(actor: Actor, key: UUID) -> Cluster:
    cluster = reading.cluster_for(actor, key)
    if cluster is None:
        raise Http404
    return cluster


def _join(request: HttpRequest, actor: Actor, cluster: Cluster) -> None:
    """All that were ticked, and those that no page shows; with `exact` only the very same words."""
    ticked = {int(pk) for pk in request.POST.getlist("case") if pk.isdecimal() and len(pk) < 18}
    shown = {int(pk) for pk in request.POST.getlist("shown") if pk.isdecimal() and len(pk) < 18}
    rows = reading.members(cluster, actor)
    if request.POST.get("exact_only"):
        rows = rows.filter(exact=True)
    every = set(rows.values_list("case_id", flat=True))
    joining.join(
        actor=actor,
        cluster=cluster,
        lead=request.POST.get("lead", "")[:40],
        cases=every - (shown - ticked),
        join_exact=bool(request.POST.get("join_exact")),
    )


def _page(
    request: HttpRequest, actor: Actor, cluster: Cluster, refusal: Refused | None = None
) -> HttpResponse:
    found = reading.members(cluster, actor)
    rows = list(found[:SHOWN])
    hidden = found.count() - SHOWN if len(rows) == SHOWN else 0
    lead = reading.suggested_lead(rows, cluster)
    ticked = set(request.POST.getlist("case")) if refusal else None
    context = {
        **_row(cluster, rows[0].case if rows else None),
        "members": [_member(row, rows[0], ticked) for row in rows],
        "hidden": max(hidden, 0),
        "leads": [row.case for row in rows if reading.may_lead(row.case)],
        "lead": request.POST.get("lead") or (lead.number if lead else ""),
        "progress": reading.progress(cluster),
        "may_act": actor.has(Role.DESK) and cluster.state != Cluster.State.DISMISSED,
        "may_dismiss": actor.has(Role.DESK) and cluster.state == Cluster.State.OPEN,
        "refusal": refusal,
        "errors": _sentences(refusal),
        "reason": request.POST.get("reason", ""),
        "restrict": _restrict(actor, cluster, found),
    }
    status = refusal.status if refusal else 200
    return render(request, "fairplay/cluster.html", context, status=status)


def _restrict(actor: Actor, cluster: Cluster, members: QuerySet[Member]) -> str:
    """Where whoever sent most can be restricted: from a filing of theirs that the actor may see."""
    flood = cluster.most_case
    if flood is None or not actor.has(Role.DESK) or not members.filter(case=flood).exists():
        return ""
    return reverse("office-move", args=[flood.number, "restrict"])


def _sentences(refusal: Refused | None) -> list[str]:
    """What is wrong, in words."""
    if refusal is None:
        return []
    found = [str(sentence) for sentences in refusal.fields.values() for sentence in sentences]
    return found or [str(refusal.sentence)]


def _member(row: Member, first: Member, ticked: set[str] | None) -> dict[str, Any]:
    case = row.case
    open_to_join = row.state in (Member.State.FOUND, Member.State.LEFT_OUT, Member.State.REFUSED)
    can = open_to_join and reading.can_be_joined(case)
    chosen = can and row.state != Member.State.LEFT_OUT
    return {
        "row": row,
        "case": case,
        "url": reverse("office-case", args=[case.number]),
        "pieces": [] if row.exact else reading.differences(case.text, first.case.text),
        "may_lead": reading.may_lead(case),
        "can": can,
        "ticked": chosen if ticked is None else str(case.pk) in ticked,
        "why": _why(row),
    }


def _why(row: Member) -> str:
    """Why a filing could not be joined, in words."""
    if row.state != Member.State.REFUSED:
        return ""
    if row.why == "lead_gone":
        return _("The lead takes no others any more: choose another one.")
    if row.why == "wrong_state":
        return _("It has gone on meanwhile: it is closed, withdrawn or being worked on.")
    return str(WHY_NOT.get(row.why, Refused.sentence))


@require_safe
@never_cache
@officers(*SEE_ALL)
def cluster_live(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """How far the joining has come, asked for every few seconds while it goes on."""
    cluster = _found(actor, key)
    context = {"cluster": cluster, "progress": reading.progress(cluster)}
    return render(request, "fairplay/_progress.html", context)
