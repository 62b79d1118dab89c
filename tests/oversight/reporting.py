"""The figures of a report as they are written down, made up: a year with many cases, so far or over."""

from typing import Any

from oversight.metrics import STATES
from oversight.reports.gathering import COUNTRY_CODES, PART_CODES

SHARES = {"answered_in_10_from_filing": 0.68, "confirmed_resolved": 0.37, "satisfaction": 3.6}
ROOT = "ab" * 32


def country(code: str) -> dict[str, Any]:
    """A figure of the country with the one before."""
    if code in ("received", "answered", "closed", "reopened", "withdrawn", "declined"):
        return {"value": 123456, "few": False, "before": [110000]}
    if "days" in code:
        return {"value": 8, "few": False, "base": 1000, "before": [9]}
    value = SHARES.get(code, 0.5)
    ends = {"low": value - 0.02, "high": value + 0.02, "base": 1000}
    return {"value": value, "few": False, "before": [value], **ends}


def part(code: str, names: dict[str, str], received: int = 250) -> dict[str, Any]:
    """A row of a table."""
    figures: dict[str, Any] = {}
    for figure in PART_CODES:
        figures[figure] = country(figure) if figure in SHARES else {"value": received, "few": False}
    figures["answered_in_10_from_forward"] = {
        "value": 0.9,
        "few": False,
        "base": 250,
        "low": 0.86,
        "high": 0.93,
    }
    figures["median_days"] = {"value": None, "few": True}
    return {
        "code": code,
        "names": names,
        "figures": figures,
        "before": {"value": 200, "few": False},
    }


def made_up(**changes: Any) -> dict[str, Any]:
    """A year of Bangladesh that is over."""
    months = [
        {
            "on": f"2025-{month:02}-01",
            "before": 9000,
            "figures": {
                "received": 10_000 + month,
                "answered": 9_000,
                "closed": 8_000,
                "answered_in_10_from_filing": 0.6,
                "answered_in_10_from_forward": 0.7,
                "confirmed_resolved": 0.4,
            },
        }
        for month in range(1, 13)
    ]
    dhaka = part("30.26", {"bn": "ঢাকা", "en": "Dhaka", "id": "Dhaka"})
    ministry = {"bn": "স্থানীয় সরকার মন্ত্রণালয়", "en": "Ministry of Local Government"}
    data: dict[str, Any] = {
        "format": 1,
        "country": "bd",
        "code": "2025",
        "start": "2025-01-01",
        "end": "2026-01-01",
        "is_so_far": False,
        "before": [{"code": "2024", "start": "2024-01-01", "end": "2025-01-01"}],
        "made_at": "2026-01-10T04:00:00+00:00",
        "figures": {code: country(code) for code in COUNTRY_CODES},
        "appeals": {"appealed": 120, "decided": 90, "upheld": None},
        "outcomes": [
            {"confirmed": 400, "silence": 200, "awaited": 50, "contested": 60, "other": 290},
            {"confirmed": 300, "silence": 200, "awaited": 0, "contested": 60, "other": 240},
        ],
        "months": {"lines": months, "running": False},
        "agencies": {"rows": [part("lgd", ministry)], "few": 7},
        "categories": {"rows": [part("electricity", {"en": "Electricity"})], "few": 0},
        "districts": {"rows": [dhaka, part("district", {})], "few": 0},
        "channels": {"rows": [part("web", {})], "few": 0},
        "kinds": {"rows": [part("complaint", {})], "few": 0},
        "map": {"rows": [dhaka], "few": 0, "level": "district"},
        "standing": {
            "states": dict.fromkeys(STATES, 700) | {"late_share": 0.25, "level3": None},
            "ages": [
                {"last": last, "open": 100, "late": 20} for last in (3, 10, 30, 90, 365, None)
            ],
            "at": "2026-01-10T03:58:00+00:00",
        },
        "issues": [
            {
                "title": "মিটার ঘোরে না",
                "language": "bn",
                "state": "fixed",
                "you_said": "বিল বেশি আসে।",
                "we_did": "",
                "office": ministry,
                "people": 12,
            }
        ],
        "aside": 9,
        "record": {"day": "2025-12-31", "size": 98_765, "root": ROOT},
    }
    return data | changes
