"""Whose account it is. Anybody can make one in anybody's name: only its e-mail proves the owner."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts.models import User


def leave_to_its_reader(user: User) -> bool:
    """Shut out whoever made the account, unless the address is proved; says whether it did.

    Password and second factors go, and with them every session: only who reads the e-mail of this
    address can choose a new password. For accounts that are about to be trusted with something.
    """
    if not user.has_usable_password():
        return False
    if EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists():
        return False
    Authenticator.objects.filter(user=user).delete()
    _shut(user)
    return True


def open_without_second_factor(user: User) -> bool:
    """For somebody who lost the device and the recovery codes; says whether there was a second factor.

    Whoever asks for it may be a stranger: so the password goes too, and with it every session. Only
    who reads the account's e-mail can choose a new one.
    """
    gone, _kinds = Authenticator.objects.filter(user=user).delete()
    if not gone:
        return False
    _shut(user)
    return True


def _shut(user: User) -> None:
    """Take the password, and with it every session, from an account that its address opens again."""
    # Nor may a second address, of a stranger's, open it.
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
