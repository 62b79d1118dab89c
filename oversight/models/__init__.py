"""What oversight keeps of its own: audits of closed cases, and systemic issues."""

from oversight.models.audit import Audit, Draw
from oversight.models.issue import Issue, IssueCase, IssueNote

__all__ = ["Audit", "Draw", "Issue", "IssueCase", "IssueNote"]
