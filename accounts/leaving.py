"""Accounts of people who are gone: deleted, or emptied where the record still refers to them.

Who did what in an office stays known by the person's name: offices account for it. What opened the
account, and how to reach them, goes.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import ProtectedError

from accounts.models import User

#: In place of an address; no letter ever gets there (RFC 2606).
DOMAIN = "@gone.invalid"


def delete(user: User) -> None:
    """Delete a citizen's account; where something protected refers to it, empty it, with its name."""
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        user.name = ""
        _empty(user)


def empty_officer(user_id: int) -> bool:
    """Empty the account of somebody who left; the name stays. False if it is empty already."""
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None or user.email.endswith(DOMAIN):
            return False
        _empty(user)
    return True


def _empty(user: User) -> None:
    """Address, telephone, password and second factors go; with the password every session does."""
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.email, user.phone, user.is_active = f"{user.pk}{DOMAIN}", "", False
    user.set_unusable_password()
    user.save()
