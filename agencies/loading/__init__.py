"""Loads a country pack (`agencies/packs/<cc>/`) into the registry.

Loading twice changes nothing: the pack's digest is kept, and an unchanged pack is skipped. A pack
that has changed is compared row by row, and only what differs is written.

**What a registrar did by hand stays.** Each change through `agencies.services` leaves a
`RegistryChange` with the row's code; the loader leaves a row that is named there as it is, whole,
also one that was removed. Its path alone follows when an office above it moves. Rows that the pack
no longer names stay too (cases point at them) and are counted as "not in the pack".
"""

from agencies.loading.load import LoadReport, load_country
from agencies.loading.mistakes import PackError
from agencies.loading.steps import register_step, run_steps

__all__ = ["LoadReport", "PackError", "load_country", "register_step", "run_steps"]
