"""What is refused where a system is told: each with its code and its sentence."""

from django.utils.translation import gettext_lazy as _

from complaints.errors import Refused


class NoEndpoint(Refused):
    """There is no address to call, or it is called no more."""

    code = "no_endpoint"
    sentence = _("No address of this system is called now. Set one first.")


class NoSuchEndpoint(Refused):
    """None was ever set."""

    status = 404
    code = "no_such_endpoint"
    sentence = _("No address is set.")


class NoSuchDelivery(Refused):
    """The system was not told of a step of this number, or may not know of it now."""

    status = 404
    code = "no_such_delivery"
    sentence = _("There is no such delivery.")


class SecretUnread(Refused):
    """The key is missing here with which the secret of the address was sealed."""

    code = "secret_unread"
    sentence = _("The secret of this address cannot be read. Make a new one.")
