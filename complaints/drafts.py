"""Complaints that are being written, and receipts that were just given: kept for one visitor's session.

Both lie on the server only, encrypted like contacts, under a token that nobody can guess. The token
is also the key that makes sending twice give one receipt.
"""

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from complaints.services import sealing
from complaints.services.identity import NewSecrets
from complaints.services.intake import Receipt
from complaints.submission import ContactDetails, Submission, Whom

MOST_DRAFTS, MOST_RECEIPTS = 3, 3
#: How long a receipt can be looked at again after filing, in seconds.
RECEIPT_KEPT = 600

#: The pages of a filing in their order; `whom` only for a complaint about an official.
STEPS = ("about", "whom", "what", "place", "you", "files", "check")
#: Answered or said to be unknown; the others may be passed over.
NEEDED = ("about", "what", "place", "you")


@dataclass
class Draft:
    """A complaint that is being written: the answers of each page by the page's name.

    `files` are the files stored so far: key, name and size (bytes) of each.
    """

    token: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)

    @property
    def sensitive(self) -> bool:
        """It is about an official or about corruption."""
        return self.answer("about").get("about") == "yes"

    @property
    def nameless(self) -> bool:
        """The citizen would rather not say who they are: nothing may lead to an account either."""
        return self.answer("you").get("who") == "nobody"

    def answer(self, step: str) -> dict[str, Any]:
        """What was answered on a page, empty if nothing was."""
        return self.answers.get(step, {})

    def steps(self) -> list[str]:
        """The pages of this filing, in order."""
        return [step for step in STEPS if step != "whom" or self.sensitive]

    def before(self, step: str) -> str:
        """The page before one, empty for the first."""
        steps = self.steps()
        return steps[steps.index(step) - 1] if step in steps and steps.index(step) else ""

    def after(self, step: str) -> str:
        """The page after one."""
        steps = self.steps()
        return steps[min(steps.index(step) + 1, len(steps) - 1)]

    def missing(self) -> str:
        """The first page that has to be answered before the complaint can be sent, or none."""
        return next((step for step in NEEDED if step not in self.answers), "")

    def submission(self, language: str) -> Submission:
        """What is filed. A case about an official keeps its author from officers and the public."""
        what, place, you = self.answer("what"), self.answer("place"), self.answer("you")
        open_to_others = not self.sensitive
        return Submission(
            text=what.get("text", ""),
            kind=what.get("kind", "complaint"),
            category=what.get("category", ""),
            place=place.get("place", ""),
            place_note=place.get("note", ""),
            language=language,
            about_official=self.sensitive,
            respondents=self._respondents(),
            contact=_contact(you),
            on_behalf=you.get("for_whom") == "other",
            share_contact=bool(you.get("share")) and open_to_others and you.get("who") == "named",
            publish_consent=bool(you.get("publish")) and open_to_others,
            files=tuple(stored["key"] for stored in self.files),
        )

    def _respondents(self) -> tuple[Whom, ...]:
        whom = self.answer("whom")
        if not self.sensitive or not whom.get("office_id"):
            return ()
        return (Whom(office_id=whom["office_id"], role=whom["role"]),)


def _contact(you: dict[str, Any]) -> ContactDetails:
    named, for_other = you.get("who") == "named", you.get("for_whom") == "other"
    return ContactDetails(
        name=you.get("name", "") if named else "",
        phone=you.get("phone", "") if named else "",
        email=you.get("email", "") if named else "",
        for_name=you.get("for_name", "") if for_other else "",
        consent=you.get("consent", "") if for_other else "",
    )


def begin(request: HttpRequest) -> Draft:
    """A new, empty draft; the oldest goes when there are too many."""
    draft = Draft(secrets.token_urlsafe(16))
    keep(request, draft)
    return draft


def find(request: HttpRequest, token: str) -> Draft | None:
    """The draft of a token, if this session has it."""
    sealed = request.session.get("drafts", {}).get(token)
    opened = _opened(sealed)
    return Draft(token, opened["answers"], opened["files"]) if opened else None


def newest(request: HttpRequest) -> Draft | None:
    """The draft that was begun last and can be gone on with."""
    tokens = list(request.session.get("drafts", {}))
    return find(request, tokens[-1]) if tokens else None


def keep(request: HttpRequest, draft: Draft) -> None:
    """Write a draft into the session."""
    drafts = dict(request.session.get("drafts", {}))
    drafts[draft.token] = _sealed({"answers": draft.answers, "files": draft.files})
    request.session["drafts"] = dict(list(drafts.items())[-MOST_DRAFTS:])


def drop(request: HttpRequest, token: str) -> None:
    """Forget a draft."""
    drafts = dict(request.session.get("drafts", {}))
    if drafts.pop(token, None) is not None:
        request.session["drafts"] = drafts


def keep_receipt(request: HttpRequest, token: str, receipt: Receipt) -> None:
    """Keep a receipt for some minutes, and forget the draft that it came from."""
    drop(request, token)
    _shelve(request, "receipts", token, asdict(receipt))


def receipt_of(request: HttpRequest, token: str) -> Receipt | None:
    """The receipt of a token, while it may still be looked at."""
    kept = _shelved(request, "receipts", token)
    return Receipt(**kept) if kept else None


def receipts(request: HttpRequest) -> list[str]:
    """Tokens of the receipts that can be looked at now, the newest last."""
    tokens = request.session.get("receipts", {})
    return [token for token in tokens if receipt_of(request, token) is not None]


def forget_receipt(request: HttpRequest, token: str) -> None:
    """Take a receipt out of the session."""
    _unshelve(request, "receipts", token)


def keep_new_secrets(request: HttpRequest, token: str, given: NewSecrets) -> None:
    """Keep secrets that replace lost ones for as long as a receipt."""
    _shelve(request, "new_secrets", token, asdict(given))


def new_secrets_of(request: HttpRequest, token: str) -> NewSecrets | None:
    """The new secrets of a token, while they may still be looked at."""
    kept = _shelved(request, "new_secrets", token)
    return NewSecrets(**kept) if kept else None


def forget_new_secrets(request: HttpRequest, token: str) -> None:
    """Take new secrets out of the session."""
    _unshelve(request, "new_secrets", token)


def _shelve(request: HttpRequest, shelf: str, token: str, value: dict[str, Any]) -> None:
    kept = dict(request.session.get(shelf, {}))
    kept[token] = _sealed({"at": timezone.now().timestamp(), "receipt": value})
    request.session[shelf] = dict(list(kept.items())[-MOST_RECEIPTS:])


def _shelved(request: HttpRequest, shelf: str, token: str) -> dict[str, Any] | None:
    opened = _opened(request.session.get(shelf, {}).get(token))
    if opened is None or timezone.now().timestamp() - opened["at"] >= RECEIPT_KEPT:
        return None
    value: dict[str, Any] = opened["receipt"]
    return value


def _unshelve(request: HttpRequest, shelf: str, token: str) -> None:
    kept = dict(request.session.get(shelf, {}))
    if kept.pop(token, None) is not None:
        request.session[shelf] = kept


def _sealed(value: dict[str, Any]) -> str:
    return sealing.seal(value).decode()


def _opened(sealed: str | None) -> dict[str, Any] | None:
    try:
        return sealing.unseal(sealed.encode()) if sealed else None
    except sealing.CannotUnseal:
        return None
