"""What can go wrong for a person, each with a stable code and a sentence in their language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class Refused(Exception):
    """The portal said no. `status` is the HTTP status; `fields` the errors by field of the form."""

    status = 409
    code = "refused"
    sentence: Sentence = _("This could not be done.")
    #: What a program needs to go on, as members of the problem beside the usual ones.
    members: Mapping[str, Any] = MappingProxyType({})

    def __init__(
        self,
        sentence: Sentence | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, list[Any]] | None = None,
    ) -> None:
        super().__init__(code or self.code)
        self.sentence = sentence or self.sentence
        self.code = code or self.code
        self.fields = dict(fields or {})


class NoSuchCase(Refused):
    """The number is unknown, or not for this person: one answer for both."""

    status = 404
    code = "no_such_case"
    sentence = _("There is no such case, or the secret does not open it.")


class Stale(Refused):
    """Somebody else moved the case since the page was opened."""

    code = "stale"
    sentence = _(
        "Someone else has changed this case since you opened it. Look at what is new, then try again."
    )


class OutOfDate(Stale):
    """The same, where the request itself said which step it knows (`If-Match`)."""

    status = 412


class Invalid(Refused):
    """What was sent does not do; nothing was changed."""

    status = 422
    code = "invalid"
    sentence = _("Some of what was sent needs to be corrected.")


class KeyReused(Refused):
    """The same idempotency key came with other words."""

    code = "key_reused"
    sentence = _("This key was already used for something else.")


class WrongCode(Refused):
    """Not the code that was sent, or its time or its tries are over: one answer for all."""

    status = 422
    code = "wrong_code"
    sentence = _(
        "This code does not fit, or it is no longer valid. Look at the newest message, or ask for"
        " a new code."
    )


class TooMany(Refused):
    """Too many tries from one place."""

    status = 429
    code = "too_many"
    sentence = _("Too many tries. Wait a little, then try again.")


WHY_NOT: dict[str, Sentence] = {
    "unknown_move": _("There is no such step."),
    "wrong_state": _("This step is not possible at this stage of the case."),
    "not_yours": _("This step is not yours to take on this case."),
    "not_now": _("This step is not possible now."),
    "asked_enough": _("The citizen has been asked as often, or for as long, as is allowed."),
    "sensitive": _("A sensitive case cannot be joined with another."),
    "not_merged_or_too_late": _("The case is not joined with another, or it is too late to part."),
    "nothing_below": _("No office lies below yours to which the case could be passed."),
    "ruled": _("An overseer ruled that this case is yours; it cannot be returned."),
    "investigating": _("The investigation is still open. Wait for its report, or end it first."),
    "no_investigation": _("No investigation is open on this case."),
    "hearing_set": _("A hearing is set already. Move it, or call it off first."),
    "no_hearing": _("No hearing is set on this case."),
    "hearing_to_come": _("The hearing has not begun yet."),
    "nothing_recommended": _("Nothing is recommended on this case that is still to be answered."),
    "other_side_appeals": _(
        "The other side has appealed. The complaint can be withdrawn once that appeal is decided."
    ),
    "appeal_closed": _("An appeal is no longer possible on this case."),
    "about_nobody": _("Nobody is named whom this case is about."),
    "needs_withdrawal_secret": _("To withdraw, open the case with the withdrawal secret."),
    "not_pressured": _("Nobody has said that they were pressed in this case."),
    "withdrawal_pending": _("The complaint may be withdrawn these days. Appeal once it is not."),
    "no_withdrawal": _("No withdrawal is pending."),
    "not_publishable": _("It can be published only if the citizen agreed and it is not sensitive."),
    "not_published": _("The case is not published."),
    "already_sensitive": _("The case is already marked as sensitive."),
    "not_sensitive": _("The case is not marked as sensitive."),
    "person_erased": _("Who filed it is erased. Nobody can find out any more."),
    "nobody_to_restrict": _(
        "Whoever filed it cannot be restricted from here: they are restricted by this case already,"
        " or they gave no contact by which they could be found again."
    ),
    "no_restriction": _("There is no restriction with which this could be done now."),
    "imposed_it": _("Somebody else decides: you imposed this restriction yourself."),
    "set_aside_already": _("The case is left out of the rankings already."),
    "not_set_aside": _("The case is not left out of the rankings."),
}


class MoveRefused(Refused):
    """The table of the workflow has no row for this; made from `workflow.NotAllowed`."""

    def __init__(self, move: str, code: str) -> None:
        super().__init__(WHY_NOT.get(code, Refused.sentence), code=code)
        self.move = move
        self.status = 403 if code == "not_yours" else 404 if code == "unknown_move" else 409
