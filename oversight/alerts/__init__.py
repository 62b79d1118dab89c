"""Alerts: rules that overseers set, looked at every few minutes; what they find is told once.

`rules` are made and ended, `watching` says what each finds now, `raising` keeps alerts in step with
that and tells the overseers, `acknowledging` notes who looks after it.
"""

from oversight.alerts.listing import unacknowledged

__all__ = ["unacknowledged"]
