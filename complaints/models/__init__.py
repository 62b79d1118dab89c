"""The case and everything that hangs on it."""

from complaints.models.appeal import (
    Appeal,
    Attendance,
    Hearing,
    Investigation,
    Investigator,
    Recommendation,
    ServedSummary,
)
from complaints.models.attachment import Attachment
from complaints.models.case import Case, Handling, RoutingRecord
from complaints.models.clock import Clock, Escalation, Heartbeat, Outage
from complaints.models.event import Event, Statement
from complaints.models.feedback import Feedback
from complaints.models.intake import FilingKey
from complaints.models.notice import Notice
from complaints.models.person import (
    Contact,
    ContactProof,
    DataKey,
    Handle,
    IdentityLook,
    Respondent,
)
from complaints.models.restriction import Restriction

__all__ = [
    "Appeal",
    "Attachment",
    "Attendance",
    "Case",
    "Clock",
    "Contact",
    "ContactProof",
    "DataKey",
    "Escalation",
    "Event",
    "Feedback",
    "FilingKey",
    "Handle",
    "Handling",
    "Hearing",
    "Heartbeat",
    "IdentityLook",
    "Investigation",
    "Investigator",
    "Notice",
    "Outage",
    "Recommendation",
    "Respondent",
    "Restriction",
    "RoutingRecord",
    "ServedSummary",
    "Statement",
]
