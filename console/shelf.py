"""Filings that an operator has begun: on the server, encrypted, for the length of a call.

They lie in the operator's session, each under its token, so that neither a second call, nor a reload,
nor a wrong key loses anything. An hour after the last word they are gone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from complaints.services import sealing

KEY = "filings"
MOST = 5
KEPT_SECONDS = 3600
#: A little more than a complaint may have: what is too long is said by the form.
LONGEST = 25_000
#: Answers that somebody told; the others are filled in beforehand.
TOLD = ("text", "name", "for_name", "note", "q")


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing that is not sent: the answers as the page sends them, and the call that it is about.

    `caller` is what the telephone showed (`callers.TOLD`). `aside`: another call goes first.
    `taken`: the operator wants it although another one is begun, or one was filed with this call.
    Times are seconds since the epoch.
    """

    token: str
    answers: dict[str, str] = field(default_factory=dict)
    call: str = ""
    caller: str = ""
    aside: bool = False
    taken: bool = False
    begun_at: float = 0
    at: float = 0

    @property
    def written(self) -> bool:
        """Whether anything was told yet."""
        return any(self.answers.get(name, "").strip() for name in TOLD)

    @property
    def tells(self) -> bool:
        """Whether anything in it is somebody's: their words, or the call or number they called from."""
        return self.written or bool(self.call or self.answers.get("phone"))

    @property
    def began(self) -> datetime:
        """When it was begun (UTC)."""
        return datetime.fromtimestamp(self.begun_at, UTC)

    @property
    def channel(self) -> str:
        """How it came."""
        return self.answers.get("channel", "")


def every(request: HttpRequest) -> list[Filing]:
    """All that are begun, the newest last."""
    return sorted(_opened(request.session.get(KEY, {})).values(), key=lambda filing: filing.at)


def find(request: HttpRequest, token: str) -> Filing | None:
    """The filing of a token, if it is here and not too old."""
    return next((filing for filing in every(request) if filing.token == token), None)


def begin(request: HttpRequest, filing: Filing) -> Filing:
    """Put a new filing on the shelf, or find it there: the same call is begun once."""
    with _changed(request) as shelf:
        found = shelf.get(filing.token)
        if found is None:
            _make_room(shelf)
            now = timezone.now().timestamp()
            found = shelf[filing.token] = replace(filing, begun_at=now, at=now)
    return found


def keep(request: HttpRequest, token: str, answers: dict[str, str]) -> Filing | None:
    """Keep what is typed so far. One that was thrown away meanwhile stays so: None."""
    kept = {name: text[:LONGEST].replace("\0", "") for name, text in answers.items()}
    return change(request, token, answers=kept)


def change(request: HttpRequest, token: str, **parts: Any) -> Filing | None:
    """Change parts of a filing; None if it is not here."""
    with _changed(request) as shelf:
        if token not in shelf:
            return None
        now = timezone.now().timestamp()
        shelf[token] = replace(shelf[token], **{"at": now, **parts})
        return shelf[token]


def drop(request: HttpRequest, *tokens: str) -> None:
    """Take filings away for good."""
    with _changed(request) as shelf:
        for token in tokens:
            shelf.pop(token, None)


def clear(request: HttpRequest) -> None:
    """The end of a call: nothing stays but what was set aside for another person who waits."""
    with _changed(request) as shelf:
        for filing in list(shelf.values()):
            if not filing.aside:
                del shelf[filing.token]


def _make_room(shelf: dict[str, Filing]) -> None:
    """The oldest goes, first among those in which nothing is written."""
    while len(shelf) >= MOST:
        oldest = min(shelf.values(), key=lambda filing: (filing.written, filing.at))
        del shelf[oldest.token]


@contextmanager
def _changed(request: HttpRequest) -> Iterator[dict[str, Filing]]:
    """The shelf as it is in the database now, under the session's row lock, written at the end.

    A session is written as a whole: without the lock, the words that a page sends while they are
    typed would overwrite what a call that pops, or the end of a call, did at the same moment.
    """
    session = request.session
    with transaction.atomic():
        row = Session.objects.select_for_update().filter(pk=session.session_key).first()
        was_modified = session.modified
        if row is not None and not was_modified:
            now = session.decode(row.session_data)
            for name in set(session.keys()) - set(now):
                del session[name]
            session.update(now)
        stored = session.get(KEY, {})
        shelf = _opened(stored)
        before = dict(shelf)
        yield shelf
        if shelf == before and len(stored) == len(before):
            # Nothing to write, and nothing to write later over what others write now.
            session.modified = was_modified
            return
        session[KEY] = {token: _sealed(filing) for token, filing in shelf.items()}
        if row is not None:
            session.save()
            session.modified = False


def _opened(sealed: dict[str, str]) -> dict[str, Filing]:
    oldest = timezone.now().timestamp() - KEPT_SECONDS
    found = {}
    for token, text in sealed.items():
        try:
            filing = Filing(**sealing.unseal(text.encode()))
        except sealing.CannotUnseal:
            continue
        if filing.at >= oldest:
            found[token] = filing
    return found


def _sealed(filing: Filing) -> str:
    return sealing.seal(asdict(filing)).decode()
