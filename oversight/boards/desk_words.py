"""What is said of the desk's work: why the router asks it, and the steps of its officers."""

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
MOVE_NAMES: dict[str, str | Promise] = {
    "forward": gettext_lazy("Forwarded"),
    "ask": gettext_lazy("Asked the citizen"),
    "decline": gettext_lazy("Declined"),
    "merge": gettext_lazy("Joined"),
}
