"""Editing a draft. A rule with a mistake is refused, with words that a registrar understands."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies.services.recording import record, require_registrar
from routing.compiled import MistakenSettings, read_settings, read_speller
from routing.conditions import FIELDS, Mistake, read_rule_leniently
from routing.gazetteer import read_place_words
from routing.models import RuleRow, RuleSet
from routing.registry_index import RegistryIndex
from routing.services.running import index_of
from routing.wording import say


def begin_draft(*, actor: Actor, source: RuleSet) -> RuleSet:
    """A draft with the rules of another set, the newest version of its country.

    Raises PermissionDenied, ValidationError if there is a draft already.
    """
    require_registrar(actor)
    with transaction.atomic():
        sets = RuleSet.objects.select_for_update().filter(country=source.country)
        if sets.filter(status=RuleSet.Status.DRAFT).exists():
            raise ValidationError(_("There is a draft already. Publish or discard it first."))
        newest = RuleSet.objects.filter(country=source.country).aggregate(Max("version"))
        draft = RuleSet.objects.create(
            country=source.country,
            name=source.name,
            version=newest["version__max"] + 1,
            settings=source.settings,
            begun_from=source,
            changed_by_id=actor.user_id,
        )
        rows = source.rules.values(*FIELDS)
        RuleRow.objects.bulk_create(
            [RuleRow(ruleset=draft, **row) for row in rows], batch_size=2000
        )
        _record(actor, draft, before=None, after={"begun_from": source.version})
    return draft


def discard_draft(*, actor: Actor, draft: RuleSet) -> None:
    """Throw a draft away. Raises PermissionDenied, ValidationError if it is not a draft."""
    require_registrar(actor)
    with transaction.atomic():
        draft = lock_draft(draft)
        _record(actor, draft, before={"rules": draft.rules.count()}, after=None)
        draft.delete()


def save_rule(
    *, actor: Actor, draft: RuleSet, values: Mapping[str, str], code: str = ""
) -> RuleRow:
    """Write one rule of a draft; `code` is the rule to replace, "" for a new one.

    Raises PermissionDenied; ValidationError with a list of messages for each field that has a
    mistake, in the reader's language, and nothing is written.
    """
    require_registrar(actor)
    values = {field: str(values.get(field) or "").replace("\0", "").strip() for field in FIELDS}
    with transaction.atomic():
        draft = lock_draft(draft)
        others = draft.rules.exclude(code=code) if code else draft.rules.all()
        mistakes = mistakes_in_row(values, draft, index_of(draft.country))
        if others.filter(code=values["code"]).exists():
            mistakes.append(Mistake("code", "taken", values["code"]))
        if mistakes:
            raise ValidationError(_by_field(mistakes))
        row = draft.rules.filter(code=code).first() if code else None
        before = {field: getattr(row, field) for field in FIELDS} if row else None
        row = row or RuleRow(ruleset=draft)
        for field, value in values.items():
            setattr(row, field, value)
        row.clean_fields(exclude=["ruleset"])
        row.save()
        _touched(draft, actor)
        _record(actor, draft, before=before, after=values)
    return row


def delete_rule(*, actor: Actor, draft: RuleSet, code: str) -> None:
    """Take a rule out of a draft. Raises PermissionDenied, ValidationError."""
    require_registrar(actor)
    with transaction.atomic():
        draft = lock_draft(draft)
        row = draft.rules.filter(code=code).first()
        if row is None:
            raise ValidationError(_("There is no rule “%(code)s” any more.") % {"code": code})
        _record(actor, draft, before={f: getattr(row, f) for f in FIELDS}, after=None)
        row.delete()
        _touched(draft, actor)


def save_settings(*, actor: Actor, draft: RuleSet, changes: Mapping[str, Any]) -> RuleSet:
    """Change settings of a draft. Raises PermissionDenied, ValidationError."""
    require_registrar(actor)
    with transaction.atomic():
        draft = lock_draft(draft)
        before = {name: draft.settings.get(name) for name in changes}
        settings = {**draft.settings, **changes}
        try:
            speller = read_speller(settings)
            read_settings(settings, speller)
            read_place_words(settings, speller)
        except (MistakenSettings, ValueError) as error:
            raise ValidationError(str(error)) from error
        draft.settings = settings
        draft.save(update_fields=["settings"])
        _touched(draft, actor)
        _record(actor, draft, before=before, after=dict(changes))
    return draft


def lock_draft(draft: RuleSet) -> RuleSet:
    """The draft, locked. Raises ValidationError if it is none (any more)."""
    locked = RuleSet.objects.select_for_update().filter(pk=draft.pk).first()
    if locked is None or not locked.is_draft:
        raise ValidationError(_("Only a draft can be changed."))
    return locked


def mistakes_in_row(
    values: Mapping[str, str], ruleset: RuleSet, index: RegistryIndex
) -> list[Mistake]:
    """All that is wrong with a row, what it names in the registry included."""
    rule = read_rule_leniently(values, read_speller(ruleset.settings))
    return [*rule.broken, *index.mistakes_in(rule)]


def _by_field(mistakes: list[Mistake]) -> dict[str, list[str]]:
    answer: dict[str, list[str]] = {}
    for mistake in mistakes:
        answer.setdefault(mistake.field, []).append(say(mistake))
    return answer


def _touched(draft: RuleSet, actor: Actor) -> None:
    RuleSet.objects.filter(pk=draft.pk).update(pack_digest="", changed_by=actor.user_id)


def _record(
    actor: Actor, draft: RuleSet, *, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    key = f"{draft.version}/{(after or before or {}).get('code', '')}".rstrip("/")
    record(actor, draft, country=draft.country, key=key, before=before, after=after)
