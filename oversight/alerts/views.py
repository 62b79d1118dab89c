"""Pages of alerts: what alarms now, what did, one alert to be acknowledged, the rules."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints.errors import Refused
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.alerts import acknowledging, listing, raising, rules
from oversight.alerts.forms import FORMS, AcknowledgeForm, RuleForm
from oversight.alerts.rules import NoSuchAlert
from oversight.alerts.showing import rule_shown, shown
from oversight.dashboards.access import LOOK_ON, hidden_from
from oversight.issues.picking import pickers_sent, pickers_shown
from oversight.issues.views import say
from oversight.models import Alert


@require_safe
@officers(*LOOK_ON)
def alerts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open alerts, first those that nobody looks after; those that are over; the rules."""
    page, hidden = page_of(request, listing.past_alerts()), hidden_from(actor)
    standing = listing.rules_now()
    context = {
        "open": [shown(alert, actor, hidden) for alert in listing.open_alerts()]
        if page.number == 1
        else [],
        "page": page,
        "past": [shown(alert, actor, hidden) for alert in page.rows],
        "rules": [rule_shown(actor, rule) for rule in standing],
        "kinds": [(kind, form.called) for kind, form in FORMS.items()],
        "may_set": actor.has(Role.OVERSEER),
    }
    return render(request, "oversight/alerts/alerts.html", context)


@require_safe
@officers(*LOOK_ON)
def alert(request: HttpRequest, actor: Actor, alert: int) -> HttpResponse:
    """One alert: the figures then and now, the page behind, who looks after it."""
    return _alert_page(request, actor, _found(alert), AcknowledgeForm())


def _found(alert_id: int) -> Alert:
    found = listing.alert_of(alert_id)
    if found is None:
        raise Http404
    return found


def _alert_page(
    request: HttpRequest, actor: Actor, found: Alert, form: AcknowledgeForm, status: int = 200
) -> HttpResponse:
    may = actor.has(Role.OVERSEER) and found.acknowledged_at is None
    context = {
        "row": shown(found, actor, hidden_from(actor)),
        "rule": rule_shown(actor, found.rule),
        "form": form if may else None,
        "back": reverse("oversight-alerts"),
    }
    return render(request, "oversight/alerts/alert.html", context, status=status)


@require_POST
@officers(Role.OVERSEER)
def acknowledge(request: HttpRequest, actor: Actor, alert: int) -> HttpResponse:
    """Say that one looks after an alert; whoever was first stays."""
    found = _found(alert)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _alert_page(request, actor, found, form, 422)
    if acknowledging.acknowledge(actor=actor, alert_id=alert, note=form.cleaned_data["note"]):
        messages.success(request, _("Acknowledged. All who look at alerts see that it is yours."))
    else:
        messages.warning(request, _("It was acknowledged already."))
    return redirect("oversight-alert", alert)


@require_http_methods(["GET", "HEAD", "POST"])
@officers(Role.OVERSEER)
def new_rule(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """Make a rule of a kind; what was typed stays if it does not do."""
    if kind not in FORMS:
        raise Http404
    made = FORMS[kind]
    if request.method != "POST":
        form = made()
        return _rule_page(request, form, pickers_shown(form))
    data = request.POST.copy()
    pickers = pickers_sent(made(), data)
    if "search" in data:
        begun = made(initial={name: data.get(name, "") for name in made().fields})
        return _rule_page(request, begun, pickers)
    form, status = made(data), 422
    if form.is_valid():
        try:
            result = form.perform(actor)
        except Refused as refusal:
            say(form, refusal)
            status = refusal.status
        else:
            if result.is_new:
                raising.tell_worker()
            done = _("The alert is set. It is looked at now, and then every five minutes.")
            known = _(
                "There is an alert like that already, with the same numbers. It stays as it is."
            )
            if result.is_new:
                messages.success(request, done)
            else:
                messages.warning(request, known)
            return redirect("oversight-alerts")
    return _rule_page(request, form, pickers, status)


def _rule_page(
    request: HttpRequest, form: RuleForm, pickers: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "fields": [(bound, pickers.get(bound.name)) for bound in form.visible_fields()],
        "title": form.called,
        "says": form.says,
        "button": _("Set the alert"),
        "back": reverse("oversight-alerts"),
    }
    return render(request, "oversight/issue_step.html", context, status=status)


@require_POST
@officers(Role.OVERSEER)
def end_rule(request: HttpRequest, actor: Actor, rule: int) -> HttpResponse:
    """End a rule; its alerts are over."""
    try:
        ended = rules.end(actor=actor, rule_id=rule)
    except NoSuchAlert:
        raise Http404 from None
    if ended:
        messages.success(request, _("Ended. Nobody is told of it any more."))
    else:
        messages.warning(request, _("It was ended already."))
    return redirect("oversight-alerts")
