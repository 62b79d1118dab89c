"""The kinds of files that can be ordered: who makes them, what they are called, who may have them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Post
from complaints import moment
from complaints.bars import newly_barred
from oversight.models import FileOrder

#: How much is done, of how much (0: not known yet). Raises `making.GivenUp` when it is of no use.
Progress = Callable[[int, int], None]


class Impossible(Exception):
    """The file cannot be made, however often it is tried: `why` is a code that its kind has words for."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def whoever_ordered(actor: Actor, order: FileOrder) -> bool:
    """A file is for whoever ordered it, and for nobody else."""
    return order.asked_by_id is not None and order.asked_by_id == actor.user_id


def is_outdated(actor: Actor, order: FileOrder) -> bool:
    """Whether a file may hold what whoever ordered it must know nothing of: since then they have lost a
    post, by whose rights it may have been made, or have been barred from a case. Reports, which are
    nobody's, have none of it.
    """
    if actor.user_id is None or not whoever_ordered(actor, order):
        return False
    since = order.asked_at
    return _has_lost_a_post(actor, actor.user_id, since) or newly_barred(actor, since)


def _has_lost_a_post(actor: Actor, user_id: int, since: datetime) -> bool:
    """Whether a post of theirs ended after that moment; one that they hold again is not lost."""
    ended = Post.objects.filter(user_id=user_id, held_to__gt=since, held_to__lte=moment.now())
    held = {(post.role, post.office_id) for post in actor.posts}
    return any(
        (Role(role), office) not in held for role, office in ended.values_list("role", "office")
    )


def not_said(_code: str) -> str:
    """Of most kinds there is nothing that makes one impossible."""
    return ""


def nothing_more(_order: FileOrder) -> None:
    """Most files are finished when they are made."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `title` says what an order is, in the active language; `may` is the read rule;
    `then` is done in the transaction in which the order is finished (it may order more). `why` says in
    the active language why one that is Impossible cannot be made, and what to do.
    """

    what: str
    title: Callable[[FileOrder], str]
    make: Callable[[FileOrder, BinaryIO, Progress], None]
    may: Callable[[Actor, FileOrder], bool] = whoever_ordered
    then: Callable[[FileOrder], None] = nothing_more
    why: Callable[[str], str] = not_said


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make files of this kind from now on; a second one of the same name is a mistake (ValueError)."""
    if _KINDS.setdefault(kind.what, kind) is not kind:
        raise ValueError(f"there is a kind of file named {kind.what} already")


def names() -> list[str]:
    """The kinds of files that are made."""
    return sorted(_KINDS)


def kind_of(order: FileOrder) -> Kind | None:
    """The kind of an order; None for one that this version of the portal no longer makes."""
    return _KINDS.get(order.what)


def may_have(actor: Actor, order: FileOrder) -> bool:
    """Whether somebody may see the order and its file: the one read rule for files."""
    kind = kind_of(order)
    return kind is not None and kind.may(actor, order)
