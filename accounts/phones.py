"""Accounts that a telephone opens, by a code sent to it. They have no password and no e-mail address.

In the address's place stands a name under `.invalid` (RFC 2606: no letter ever gets there), made of
the number's keyed hash: nobody can guess it, and the number cannot be read from it. So an account of
a telephone is never one of an e-mail address, whatever number was typed there.
"""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from accounts.models import User

DOMAIN = "@phone.invalid"


def account_of(index: str, language: str) -> User:
    """The account of a number (by its blind index), made if there is none yet.

    Two statements either way: how long it takes doesn't tell whether it was there.
    """
    email = f"{index}{DOMAIN}"
    new = User(email=email, language=language, password=make_password(None))
    User.objects.bulk_create([new], ignore_conflicts=True)
    return User.objects.get(email=email)


def is_of_phone(user: User) -> bool:
    """Whether it is such an account."""
    return user.email.endswith(DOMAIN)


def forget_unused(before: datetime) -> int:
    """Erase those that were made before a moment and never opened; says how many. Safe to repeat."""
    unused = User.objects.filter(email__endswith=DOMAIN, last_login=None, date_joined__lt=before)
    gone, _by_model = unused.delete()
    return gone
