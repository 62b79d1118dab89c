"""What is said of the desk's work: why a case is there, why the router asks, the steps of its officers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

#: The router's decision in which it was sure of the office, in an address.
SURE = "sure"
BECAUSE: dict[str, str | Promise] = {
    "below_threshold": gettext_lazy("Not sure enough which office is responsible"),
    "no_rule": gettext_lazy("No rule fits"),
    "place_needed": gettext_lazy("It depends on the place"),
    "misconduct": gettext_lazy("It seems to be about what an official did"),
    "sensitive": gettext_lazy("It is about an official or about corruption"),
    "rule_error": gettext_lazy("The rules failed"),
}
#: Why a case is there, in the order in which it is shown.
REASON_NAMES: dict[str, str | Promise] = {
    "new": gettext_lazy("New"),
    "returned": gettext_lazy("Returned by an office"),
    "sensitive": gettext_lazy("Sensitive"),
    "held": gettext_lazy("Held back in the tray"),
    "restricted": gettext_lazy("From somebody restricted"),
    "asked": gettext_lazy("Waiting for the citizen"),
    "disputed": gettext_lazy("Owner disputed"),
}
MOVE_NAMES: dict[str, str | Promise] = {
    "forward": gettext_lazy("Forwarded"),
    "ask": gettext_lazy("Asked the citizen"),
    "decline": gettext_lazy("Declined"),
    "merge": gettext_lazy("Joined"),
}
