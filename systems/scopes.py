"""What a system's token may be used for (no database).

A scope opens addresses of the API and moves of the table; whether a move is open on a case the table
decides, as for an officer (`complaints.workflow`). Moves that are not named here no system makes: it
opens no seal, decides no appeal, publishes nothing.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.workflow import OF_MACHINES


class Scope(models.TextChoices):
    """A scope of a token, with what it opens."""

    READ = "cases:read", _("Read the cases of its agency")
    FILE = "cases:file", _("File cases for citizens")
    MOVE = "cases:move", _("Work on cases: accept, ask, answer, return, pass down, write")
    EVENTS = "events:read", _("Be told what happens to the cases")


#: The moves of the table that `Scope.MOVE` opens.
MOVES = OF_MACHINES
