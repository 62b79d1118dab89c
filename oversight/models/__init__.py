"""What oversight keeps of its own: audits, systemic issues, the figures, and what watches them."""

from oversight.models.audit import Audit, Draw
from oversight.models.figures import Backlog, Branch, Fact, Handoff, Kept, Recount, Tally
from oversight.models.issue import Issue, IssueCase, IssueNote
from oversight.models.watching import Alert, AlertRule, FileOrder, SavedView

__all__ = [
    "Alert",
    "AlertRule",
    "Audit",
    "Backlog",
    "Branch",
    "Draw",
    "Fact",
    "FileOrder",
    "Handoff",
    "Issue",
    "IssueCase",
    "IssueNote",
    "Kept",
    "Recount",
    "SavedView",
    "Tally",
]
