"""The rule set of a country pack, put in force where no registrar has made one."""

import hashlib

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from agencies.loading.mistakes import PackError
from routing.compiled import MistakenSettings, read_settings, read_speller
from routing.conditions import FIELDS
from routing.models import RuleRow, RuleSet
from routing.packs import RULES, read_rule_rows, read_settings_file
from routing.services.publishing import mistakes_in
from routing.services.running import index_of


def load_rules(country: str, force: bool = False) -> str:
    """Publish the pack's rules if none are in force, or if those in force are an older pack's.

    A set that a registrar has worked on stays, unless `force`. Gives a line for a person at a
    terminal, "" if there was nothing to do. Raises `PackError` with all mistakes of the pack.
    """
    folder = RULES / country
    if not (folder / "settings.json").exists():
        return ""
    digest = _digest(country)
    with transaction.atomic():
        sets = RuleSet.objects.select_for_update().filter(country=country)
        in_force = sets.filter(status=RuleSet.Status.PUBLISHED).first()
        if in_force and (in_force.pack_digest == digest or not (in_force.pack_digest or force)):
            return ""
        ruleset = _write(country, digest)
        if mistakes := mistakes_in(ruleset, index_of(country)):
            raise PackError(country, [f"rules: {mistake}" for mistake in mistakes])
        now = timezone.now()
        sets.filter(status=RuleSet.Status.PUBLISHED).update(
            status=RuleSet.Status.RETIRED, retired_at=now
        )
        ruleset.status, ruleset.published_at = RuleSet.Status.PUBLISHED, now
        ruleset.save(update_fields=["status", "published_at"])
    return f"Rule set “{ruleset.name}”, version {ruleset.version}: {ruleset.rules.count()} rules."


def _digest(country: str) -> str:
    digest = hashlib.sha256()
    for path in sorted((RULES / country).iterdir()):
        if path.suffix in {".csv", ".json"}:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _write(country: str, digest: str) -> RuleSet:
    try:
        settings = read_settings_file(country)
        read_settings(settings, read_speller(settings))
    except MistakenSettings as error:
        raise PackError(country, [f"rules: {error}"]) from error
    rows = read_rule_rows(country)
    codes = [row.get("code", "") for row in rows]
    if doubled := sorted({code for code in codes if codes.count(code) > 1}):
        raise PackError(country, [f"rules: two rules are called “{code}”" for code in doubled])
    newest = RuleSet.objects.filter(country=country).aggregate(Max("version"))
    ruleset = RuleSet.objects.create(
        country=country,
        name=str(settings.get("name") or country),
        version=(newest["version__max"] or 0) + 1,
        status=RuleSet.Status.RETIRED,
        settings=settings,
        pack_digest=digest,
    )
    RuleRow.objects.bulk_create(
        [
            RuleRow(ruleset=ruleset, **{field: (row.get(field) or "").strip() for field in FIELDS})
            for row in rows
        ],
        batch_size=2000,
    )
    return ruleset
