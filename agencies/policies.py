"""The names and defaults of the numbers that a government may set (source: the casework rules).

Pure: values in, values out. Which row is in force is answered by `agencies.snapshot`.
"""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["calendar_days", "working_days", "hours", "count"]


@dataclass(frozen=True, slots=True)
class Policy:
    """A number in force: an amount of a unit, and the version of the row it came from."""

    name: str
    amount: int
    unit: Unit
    version: int = 0


def _days(name: str, amount: int) -> Policy:
    return Policy(name, amount, "calendar_days")


DEFAULTS: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        # Clocks.
        _days("forward", 3),
        _days("tell", 5),
        _days("accept", 2),
        _days("resolve", 10),
        _days("rule", 3),
        _days("return_forward", 1),
        _days("waiting", 10),
        _days("confirm", 10),
        Policy("appeal", 20, "working_days"),
        Policy("investigation", 60, "working_days"),
        Policy("withdrawal", 72, "hours"),
        # Windows and limits.
        _days("appeal_window", 30),
        _days("hearing_notice", 3),
        _days("separate_window", 30),
        Policy("max_asks", 2, "count"),
        _days("max_paused", 10),
        # The escalation ladder: days before the due date, then days from the miss.
        _days("ladder_reminder", 1),
        _days("ladder_1", 0),
        _days("ladder_2", 2),
        _days("ladder_3", 4),
        # Keeping and limits of the channels.
        _days("raw_message_kept", 90),
        Policy("unfinished_kept", 2, "hours"),
        # Keeping of what is about people (`complaints.retention`): days from the end of each.
        _days("contact_kept", 730),
        _days("words_kept", 3650),
        _days("sensitive_words_kept", 3650),
        _days("notice_kept", 180),
        _days("handle_kept", 180),
        _days("account_unused_kept", 1095),
        _days("officer_account_kept", 365),
        _days("restriction_kept", 365),
        Policy("messages_per_handle_an_hour", 40, "count"),
        Policy("sms_parts_a_day", 200_000, "count"),
        Policy("cases_per_contact_a_day", 5, "count"),
        Policy("cases_per_address_an_hour", 300, "count"),
        # Restrictions, clusters of near-identical filings, patterns of an office.
        _days("restriction_longest", 90),
        Policy("restricted_a_day", 3, "count"),
        _days("cluster_window", 7),
        Policy("cluster_least", 3, "count"),
        Policy("burst_least", 10, "count"),
        Policy("burst_spread", 6, "count"),
        Policy("self_filed_least", 3, "count"),
        Policy("quick_least", 5, "count"),
        Policy("quick_minutes", 10, "count"),
        # Closed cases asked about again: per cent of the closings, then calls and days.
        Policy("audit_share", 5, "count"),
        Policy("audit_share_withdrawn", 20, "count"),
        Policy("audit_calls", 3, "count"),
        _days("audit_pause", 1),
        _days("audit_wait", 2),
        _days("audit_open", 60),
        # Systemic issues: back when, after the fix, a month has that share of the cases before it.
        Policy("issue_back_percent", 50, "count"),
        _days("issue_again", 30),
        # Agencies' own systems: how long the feed of what they were told is kept.
        _days("feed_kept", 90),
    )
}
