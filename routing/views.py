"""The registrar's pages about rules: versions, rules, a text to try, dry run, publishing."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from agencies.views.access import attempt, attempt_plain, page_of, registrar_page
from routing import services
from routing.batch import facts_for, office_name
from routing.compiled import CompiledRuleset
from routing.engine import decide
from routing.facts import Decision
from routing.forms import RuleForm, SettingsForm, TryForm
from routing.models import RuleRow, RuleSet
from routing.selectors import rule_sets as all_rule_sets
from routing.selectors import rules_with
from routing.services.publishing import mistakes_in
from routing.wording import why_desk

DRY_RUN_CASES = 2000


def _set(version: int) -> RuleSet:
    """A rule set of the installation's country, or 404."""
    return get_object_or_404(RuleSet, country=settings.COUNTRY, version=version)


def _ready(ruleset: RuleSet) -> CompiledRuleset:
    """The set ready to run; the one in force comes from the cache."""
    if ruleset.status == RuleSet.Status.PUBLISHED:
        return services.current(ruleset.country)
    return services.compiled(ruleset)


def _language() -> str:
    return (get_language() or "en")[:2]


@registrar_page
def rule_sets(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All versions."""
    page = page_of(request, all_rule_sets(settings.COUNTRY))
    draft = next((found for found in page if found.is_draft), None)
    return render(request, "routing/rule_sets.html", {"page": page, "draft": draft})


@registrar_page
def rule_set(request: HttpRequest, actor: Actor, version: int) -> HttpResponse:
    """The rules of one version, by words."""
    ruleset = _set(version)
    words = request.GET.get("words", "").replace("\0", "")[:200]
    page = page_of(request, rules_with(ruleset, words))
    mistakes = mistakes_in(ruleset, services.index_of(ruleset.country))
    context = {"ruleset": ruleset, "page": page, "words": words, "mistakes": mistakes}
    return render(request, "routing/rule_set.html", context)


@registrar_page
def try_text(request: HttpRequest, actor: Actor, version: int) -> HttpResponse:
    """Route a text by one version, and say why. Nothing is kept."""
    ruleset = _set(version)
    form = TryForm(request.POST or None)
    context: dict[str, Any] = {"ruleset": ruleset, "form": form}
    if request.method == "POST" and form.is_valid():
        ready = _ready(ruleset)
        given = form.cleaned_data
        facts = facts_for(ready, given["text"], place=given["place"], category=given["category"])
        context |= _answer(ready, decide(facts, ready))
        context["place_unknown"] = given["place"] and not facts.place
    return render(request, "routing/try.html", context)


def _answer(ready: CompiledRuleset, decision: Decision) -> dict[str, Any]:
    """A decision with names for its codes, for the page."""
    language = _language()
    places = ready.index.places
    return {
        "decision": decision,
        "office": office_name(ready, decision.target or decision.suggested, language),
        "why_desk": why_desk(decision.desk_because),
        "place": ", ".join(places[code].names[0] for code in ready.index.line(decision.place)),
        "runners_up": [
            {"code": code, "name": office_name(ready, code, language), "score": score}
            for code, score in decision.runners_up
        ],
    }


@require_POST
@registrar_page
def begin_draft(request: HttpRequest, actor: Actor, version: int) -> HttpResponse:
    """Begin a draft with the rules of this version."""
    attempt_plain(
        request,
        lambda: services.begin_draft(actor=actor, source=_set(version)),
        _("The draft was begun."),
    )
    draft = RuleSet.objects.filter(country=settings.COUNTRY, status=RuleSet.Status.DRAFT).first()
    return redirect("rules-set", draft.version if draft else version)


@registrar_page
def discard_draft(request: HttpRequest, actor: Actor, version: int) -> HttpResponse:
    """Ask, then throw the draft away."""
    ruleset = _set(version)
    if request.method == "POST":
        attempt_plain(
            request,
            lambda: services.discard_draft(actor=actor, draft=ruleset),
            _("The draft was discarded."),
        )
        return redirect("rules")
    return render(request, "routing/discard.html", {"ruleset": ruleset})


@registrar_page
def publish(request: HttpRequest, actor: Actor, version: int) -> HttpResponse:
    """Say what is wrong, if anything is; else ask, then put the draft in force."""
    ruleset = _set(version)
    if request.method == "POST":
        attempt_plain(
            request,
            lambda: services.publish(actor=actor, draft=ruleset),
            _("The rules are in force."),
        )
        return redirect("rules-set", version)
    mistakes = mistakes_in(ruleset, services.index_of(ruleset.country))
    return render(request, "routing/publish.html", {"ruleset": ruleset, "mistakes": mistakes})


@registrar_page
def dry_run(request: HttpRequest, actor: Actor, version: int) -> HttpResponse:
    """What a version would do to past cases: counts only, never a case."""
    ruleset = _set(version)
    context: dict[str, Any] = {"ruleset": ruleset, "limit": DRY_RUN_CASES}
    facts = services.past_facts(ruleset.country, DRY_RUN_CASES)
    context["available"] = facts is not None
    if request.method == "POST" and facts is not None:
        run = services.dry_run(ruleset, facts)
        ready = services.current(ruleset.country)
        context["run"] = run
        context["moves"] = [
            {
                "before": office_name(ready, move.before, _language()) or move.before,
                "after": office_name(ready, move.after, _language()) or move.after,
                "count": move.count,
            }
            for move in run.moves
        ]
    return render(request, "routing/dry_run.html", context)


@registrar_page
def change_settings(request: HttpRequest, actor: Actor, version: int) -> HttpResponse:
    """Change the threshold and the word lists of a draft."""
    ruleset = _set(version)
    form = SettingsForm(request.POST or None, ruleset=ruleset)
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_settings(actor=actor, draft=ruleset, changes=form.changes),
        _("The settings were changed."),
    ):
        return redirect("rules-set", version)
    return render(request, "routing/settings.html", {"ruleset": ruleset, "form": form})


@registrar_page
def new_rule(request: HttpRequest, actor: Actor, version: int) -> HttpResponse:
    """Add a rule to a draft."""
    return _rule_page(request, actor, _set(version), None)


@registrar_page
def change_rule(request: HttpRequest, actor: Actor, version: int, code: str) -> HttpResponse:
    """Change a rule of a draft, or read one of another version."""
    ruleset = _set(version)
    return _rule_page(request, actor, ruleset, get_object_or_404(ruleset.rules, code=code))


def _rule_page(
    request: HttpRequest, actor: Actor, ruleset: RuleSet, row: RuleRow | None
) -> HttpResponse:
    form = RuleForm(request.POST or None, row=row)
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_rule(
            actor=actor, draft=ruleset, values=form.cleaned_data, code=row.code if row else ""
        ),
        _("The rule was saved."),
    ):
        return redirect("rules-set", ruleset.version)
    if not ruleset.is_draft:
        for field in form.fields.values():
            field.disabled = True
    return render(request, "routing/rule.html", {"ruleset": ruleset, "form": form, "rule": row})


@require_POST
@registrar_page
def delete_rule(request: HttpRequest, actor: Actor, version: int, code: str) -> HttpResponse:
    """Take a rule out of a draft."""
    attempt_plain(
        request,
        lambda: services.delete_rule(actor=actor, draft=_set(version), code=code),
        _("The rule was deleted."),
    )
    return redirect("rules-set", version)
