"""Putting a rule set in force, and out of it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies.services.recording import record, require_registrar
from routing.compiled import MistakenSettings, read_settings, read_speller
from routing.conditions import read_rule_leniently
from routing.gazetteer import read_place_words
from routing.models import RuleSet
from routing.registry_index import RegistryIndex
from routing.selectors import rule_rows
from routing.services.drafts import lock_draft
from routing.services.running import index_of


def publish(*, actor: Actor, draft: RuleSet) -> RuleSet:
    """Put a draft in force; the set in force before it is retired.

    Raises PermissionDenied; ValidationError with all mistakes, if the registry has changed under
    the draft so that a rule no longer holds.
    """
    require_registrar(actor)
    with transaction.atomic():
        draft = lock_draft(draft)
        if mistakes := mistakes_in(draft, index_of(draft.country)):
            raise ValidationError(mistakes)
        now = timezone.now()
        RuleSet.objects.filter(country=draft.country, status=RuleSet.Status.PUBLISHED).update(
            status=RuleSet.Status.RETIRED, retired_at=now
        )
        draft.status = RuleSet.Status.PUBLISHED
        draft.published_at = now
        draft.changed_by_id = actor.user_id
        draft.save(update_fields=["status", "published_at", "changed_by"])
        record(
            actor, draft, country=draft.country, key=str(draft.version),
            before={"status": "draft"}, after={"status": "published"},
        )  # fmt: skip
    return draft


def retire(*, actor: Actor, ruleset: RuleSet) -> RuleSet:
    """Put the set in force out of it: until another is published everything goes to the desk.

    Raises PermissionDenied, ValidationError if it is not in force.
    """
    require_registrar(actor)
    with transaction.atomic():
        found = RuleSet.objects.select_for_update().get(pk=ruleset.pk)
        if found.status != RuleSet.Status.PUBLISHED:
            raise ValidationError(_("This rule set is not in force."))
        found.status = RuleSet.Status.RETIRED
        found.retired_at = timezone.now()
        found.save(update_fields=["status", "retired_at"])
        record(
            actor, found, country=found.country, key=str(found.version),
            before={"status": "published"}, after={"status": "retired"},
        )  # fmt: skip
    return found


def mistakes_in(ruleset: RuleSet, index: RegistryIndex) -> list[str]:
    """All that is wrong with a rule set, in English, one line each."""
    try:
        speller = read_speller(ruleset.settings)
        read_settings(ruleset.settings, speller)
        read_place_words(ruleset.settings, speller)
    except (MistakenSettings, ValueError) as error:
        return [str(error)]
    answer = []
    for row in rule_rows(ruleset):
        rule = read_rule_leniently(row, speller)
        for mistake in (*rule.broken, *index.mistakes_in(rule)):
            answer.append(f"{rule.code}: {mistake}")
    return answer
