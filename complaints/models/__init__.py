"""The case and everything that hangs on it."""

from complaints.models.appeal import Appeal
from complaints.models.attachment import Attachment
from complaints.models.case import Case, Handling, RoutingRecord
from complaints.models.clock import Clock, Escalation, Heartbeat, Outage
from complaints.models.event import Event, Statement
from complaints.models.feedback import Feedback
from complaints.models.intake import FilingKey
from complaints.models.notice import Notice
from complaints.models.person import Contact, ContactProof, Handle, IdentityLook, Respondent

__all__ = [
    "Appeal",
    "Attachment",
    "Case",
    "Clock",
    "Contact",
    "ContactProof",
    "Escalation",
    "Event",
    "Feedback",
    "FilingKey",
    "Handle",
    "Handling",
    "Heartbeat",
    "IdentityLook",
    "Notice",
    "Outage",
    "Respondent",
    "RoutingRecord",
    "Statement",
]
