"""What became of a delivery, in plain words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.errors import Sentence
from systems.models import Delivery

#: By state: the word and the colour of its tag.
STATES: dict[Delivery.State, tuple[Sentence, str]] = {
    Delivery.State.WAITING: (gettext_lazy("Waiting"), "yellow"),
    Delivery.State.FAILED: (gettext_lazy("Given up"), "red"),
    Delivery.State.SENT: (gettext_lazy("Delivered"), "green"),
    Delivery.State.FEED: (gettext_lazy("In the feed only"), "grey"),
}
#: Why an address is called no more.
OFF: dict[str, Sentence] = {
    "stopped": gettext_lazy("Somebody stopped it."),
    "gone": gettext_lazy("It answered that it is gone (410)."),
    "failing": gettext_lazy("Nothing reached it for more than three days."),
}
WHY: dict[str, Sentence] = {
    "timeout": gettext_lazy("It did not answer within 15 seconds"),
    "unreachable": gettext_lazy("No connection could be made"),
    "tls": gettext_lazy("Its certificate is not valid, or it speaks no TLS"),
    "redirect": gettext_lazy("It sent us elsewhere; set the address to which it leads"),
    "private_address": gettext_lazy(
        "Its name leads to an address that is not of the open internet"
    ),
    "bad_address": gettext_lazy("The address cannot be called"),
    "off": gettext_lazy("No address was called then"),
    "http_401": gettext_lazy("It refused us (401): does it know the newest secret?"),
    "http_403": gettext_lazy("It refused us (403): does it know the newest secret?"),
    "http_404": gettext_lazy("There is nothing at this address (404)"),
    "http_410": gettext_lazy("It answered that it is gone (410)"),
    "http_429": gettext_lazy("It wanted to be left alone (429)"),
}


def why(kind: str) -> str:
    """A kind of failure as a sentence; empty for none."""
    if kind in WHY:
        return str(WHY[kind])
    if kind.startswith("http_5"):
        return _("It failed (%(status)s)") % {"status": kind[5:]}
    if kind.startswith("http_"):
        return _("It did not take it (%(status)s)") % {"status": kind[5:]}
    return kind
