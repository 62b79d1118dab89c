"""Tokens of systems: what is over is erased."""

from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from systems.models import System

#: So many are erased in a run: a token lives ten minutes, so few are ever left.
MOST_A_RUN = 20_000


def end_tokens(system: System) -> None:
    """Every token that the system holds is good no more."""
    get_access_token_model().objects.filter(application=system).delete()


def forget_expired() -> int:
    """Erase tokens whose time is over; gives how many."""
    tokens = get_access_token_model().objects
    over = tokens.filter(expires__lt=timezone.now()).order_by("id").values("pk")[:MOST_A_RUN]
    _all, by_model = tokens.filter(pk__in=list(over.values_list("pk", flat=True))).delete()
    return by_model.get("oauth2_provider.AccessToken", 0)
