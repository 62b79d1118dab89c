"""What is done with rule sets. Others call these; the pure parts lie beside this folder."""

from routing.services.drafts import (
    begin_draft,
    delete_rule,
    discard_draft,
    save_rule,
    save_settings,
)
from routing.services.dry_runs import DryRun, Moved, dry_run, past_facts, register_past_facts
from routing.services.loading import load_rules
from routing.services.publishing import publish, retire
from routing.services.running import compiled, current, forget, index_of

__all__ = [
    "DryRun",
    "Moved",
    "begin_draft",
    "compiled",
    "current",
    "delete_rule",
    "discard_draft",
    "dry_run",
    "forget",
    "index_of",
    "load_rules",
    "past_facts",
    "publish",
    "register_past_facts",
    "retire",
    "save_rule",
    "save_settings",
]
