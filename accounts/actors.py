"""Who is acting: the value that every service and every read rule is given.

An actor is made once per request (or message, or task) and passed down; nothing below asks the
request who is signed in. `accounts` knows no offices, so a post is carried as plain ids.
"""

from dataclasses import dataclass
from typing import Literal

from accounts.roles import RANK, Role

ActorKind = Literal["user", "citizen", "channel", "system"]


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that is the actor's now: a role in an office."""

    id: int
    role: Role
    office_id: int
    office_path: str

    @property
    def rank(self) -> int:
        """How the post stands in its office; higher is above."""
        return RANK[self.role]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or the system, at work.

    `case_id` is set for a citizen who proved a case by its secret: it opens that case alone.
    `withdrawal_proved` says that the secret was the one to withdraw. `channel` is where the words
    came in (web, api, sms, hotline, counter, radio ...). `by_operator` is the id of the operator who
    types for a citizen on the line: the move is the citizen's, and the record says who typed it.
    """

    kind: ActorKind
    user_id: int | None = None
    posts: tuple[HeldPost, ...] = ()
    case_id: int | None = None
    withdrawal_proved: bool = False
    channel: str = "web"
    language: str = "en"
    by_operator: int | None = None
    #: The summary served on them through which a respondent acts: it opens nothing else of the case.
    served_id: int | None = None
    #: What they send was not written (or taken) by them: "once" where somebody passed it on to them, "often"
    #: where it has gone through many hands; empty otherwise, or where the channel does not tell.
    forwarded: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held, in any office."""
        return frozenset(post.role for post in self.posts)

    def has(self, *roles: Role) -> bool:
        """Whether any of the roles is held, in any office."""
        return not self.roles.isdisjoint(roles)

    @property
    def label(self) -> str:
        """What the database session is told: a kind and an id, never a name."""
        return f"{self.kind}:{self.user_id or self.case_id or '-'}"


SYSTEM = Actor(kind="system", channel="system")
