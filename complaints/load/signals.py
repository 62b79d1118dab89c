"""What rooms above are told when cases were made in bulk, so that they can count them."""

from django.dispatch import Signal

#: Sent once at the end, after the indexes are back, with `first` and `last` (ids of cases, both included;
#: ids between them may be missing) and `say` (a callable that prints a line of progress). Receivers write
#: in transactions of their own; what they raise ends the command, the cases stay.
cases_made = Signal()
