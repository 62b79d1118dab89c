"""The names of the roles a person can hold, and how they stand to one another.

Source: the table "People" of the casework rules. A role is always held *in an office*, from a date
to a date (`agencies.models.Post`); what a role may do is said in `complaints.workflow` alone.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A role that a post carries."""

    OPERATOR = "operator", _("Operator")
    DESK = "desk", _("Desk officer")
    FOCAL = "focal", _("Focal officer")
    CASE_OFFICER = "case_officer", _("Case officer")
    HEAD = "head", _("Head of office")
    OVERSEER = "overseer", _("Overseer")
    AUDITOR = "auditor", _("Auditor")
    REGISTRAR = "registrar", _("Registrar")
    #: Held by the accounts of agencies' own systems (`systems`), never by a person.
    SYSTEM = "system", _("System of an agency")


#: The roles that people hold.
OF_PEOPLE = tuple(role for role in Role if role is not Role.SYSTEM)


#: Who stands below whom in one office; a respondent bars every holder of a post below theirs.
RANK = {
    Role.HEAD: 30,
    Role.OVERSEER: 20,
    Role.FOCAL: 20,
    Role.DESK: 10,
    Role.CASE_OFFICER: 10,
    Role.OPERATOR: 5,
    Role.REGISTRAR: 5,
    Role.AUDITOR: 5,
    Role.SYSTEM: 5,
}
