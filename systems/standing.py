"""Whether a system stands somewhere: it acts by one post, which ends when its office is closed."""

from django.db.models import Exists, OuterRef

from accounts.roles import Role
from agencies.models import Post


def holds_post(system: str = "") -> Exists:
    """Whether a system's account holds its post now; `system` is the way to it from the row that is asked
    ("application__"). An office that is opened again has to fill its posts anew: then it holds none.
    """
    account, office = OuterRef(f"{system}user"), OuterRef(f"{system}office")
    return Exists(Post.objects.held_at().filter(user=account, office=office, role=Role.SYSTEM))
