"""POST requests: a form of GeoReport v2 becomes a `Submission`, and is filed like any other.

Nothing that was sent is lost: attributes that we do not know and addresses of media stand below the
description, a line each. Media are never fetched: an address that somebody else chose could lead into
our own network.
"""

import hashlib
import re
from datetime import datetime, timedelta

from babel.dates import format_date
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from channels import grammar
from channels.models import ApiKey
from channels.open311.asking import plain
from channels.open311.formats import Value
from channels.open311.problems import NO_SUCH_SERVICE, Problem, Sentence
from complaints.errors import Invalid, KeyReused
from complaints.services import intake
from complaints.services.intake import Receipt
from complaints.services.notice_words import BANGLA_DIGITS
from complaints.submission import MIN_LETTERS, ContactDetails, Submission

CHANNEL = "open311"
LONGEST, LONGEST_NOTE, LONGEST_KEY = 4000, 200, 200
ATTRIBUTE = re.compile(r"attribute\[(?P<code>[^\[\]]+)\](\[\d*\])?")
DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d+)?", re.ASCII)
#: Attributes that every service has: questions with yes or no, as `answers.definition` lists them.
ASKED = ("about_official", "publish")
SAID = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
#: What a field of a submission is called in the form.
NAMES = {"text": "description", "category": "service_code", "place": "address_id"}


class Form:
    """What was sent: each word cleaned, and everything that is wrong with it collected."""

    def __init__(self, post: QueryDict) -> None:
        self.post = post
        self.wrong: list[str] = []
        self.attributes = self._attributes()

    def word(self, name: str) -> str:
        """A parameter; empty if it was not given."""
        return plain(self.post.get(name, ""))

    def words(self, name: str) -> list[str]:
        """A parameter that may be repeated, also as `name[]`."""
        found = [*self.post.getlist(name), *self.post.getlist(f"{name}[]")]
        return [word for word in map(plain, found) if word]

    def _attributes(self) -> dict[str, list[str]]:
        """`attribute[code]` and `attribute[code][]` by code, in the order in which they came."""
        found: dict[str, list[str]] = {}
        for name, values in self.post.lists():
            if match := ATTRIBUTE.fullmatch(name):
                given = [word for word in map(plain, values) if word]
                found.setdefault(plain(match["code"]), []).extend(given)
        return found

    def says(self, code: str) -> bool:
        """The answer to one of our own questions; no answer is no."""
        given = self.attributes.get(code, [])
        said = SAID.get((given or [""])[-1].lower())
        if said is None:
            self.wrong.append(_("attribute[%(code)s]: give true or false.") % {"code": code})
        return bool(said)

    def position(self) -> tuple[float | None, float | None]:
        """`lat` and `long` in degrees (WGS84), both or none."""
        latitude, longitude = self._degrees("lat", 90), self._degrees("long", 180)
        if bool(self.word("lat")) != bool(self.word("long")):
            self.wrong.append(_("lat and long: give both or none."))
        return latitude, longitude

    def _degrees(self, name: str, most: int) -> float | None:
        given = self.word(name)
        if not given:
            return None
        if DEGREES.fullmatch(given) is None or abs(float(given)) > most:
            self.wrong.append(
                _("%(name)s: give degrees from -%(most)s to %(most)s, like 23.7806.")
                % {"name": name, "most": most}
            )
            return None
        return float(given)

    def description(self) -> str:
        """What is reported, with the lines that nothing else holds."""
        said = self.word("description")
        if len(said) > LONGEST:
            self.wrong.append(
                _("description: at most %(most)s characters.") % {"most": LONGEST},
            )
        if sum(character.isalpha() for character in said) < MIN_LETTERS:
            self.wrong.append(
                _("description: write at least %(least)s letters.") % {"least": MIN_LETTERS},
            )
        rows = [(code, v) for code, v in self.attributes.items() if code not in ASKED and v]
        rows += [("media_url", [address]) for address in self.words("media_url")]
        if len(self.word("address_string")) > LONGEST_NOTE:
            rows.append(("address_string", [self.word("address_string")]))
        lines = [f"{code}: {', '.join(values)}" for code, values in rows]
        return "\n\n".join(part for part in (said, "\n".join(lines)) if part)

    def check_location(self) -> None:
        """One of the three ways to say where; several are as good, and all are kept."""
        if not any(map(self.word, ("lat", "long", "address_string", "address_id"))):
            self.wrong.append(_("Say where: lat and long, or address_string, or address_id."))


def submission_of(post: QueryDict, key: ApiKey) -> Submission:
    """What a form asks to file. Raises Problem with everything that is wrong with it."""
    form = Form(post)
    if not form.word("service_code"):
        form.wrong.append(_("service_code is missing."))
    form.check_location()
    latitude, longitude = form.position()
    text = form.description()
    name = f"{form.word('first_name')} {form.word('last_name')}".strip()
    contact = ContactDetails(name=name, phone=form.word("phone"), email=form.word("email"))
    submission = Submission(
        text=text,
        category=form.word("service_code"),
        place=form.word("address_id"),
        place_note=form.word("address_string")[:LONGEST_NOTE],
        latitude=latitude,
        longitude=longitude,
        language=grammar.language_of(text, "", language()),
        about_official=form.says("about_official"),
        publish_consent=form.says("publish"),
        contact=contact,
        circumstances=(("api_key", str(key.pk)),),
    )
    if form.wrong:
        raise Problem(400, *form.wrong)
    return submission


def language() -> str:
    """The language that the client asked for."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def file(post: QueryDict, key: ApiKey, *, repeat_key: str, address: str) -> list[Value]:
    """File a request, and say its number. The same form, or `repeat_key`, gives the same number.

    That holds for 24 hours and this API key. However many come, none is refused: what is too much
    waits for the desk. Raises Problem.
    """
    submission = submission_of(post, key)
    actor = Actor(kind="channel", channel=CHANNEL, language=submission.language)
    try:
        receipt = intake.submit(
            actor=actor,
            submission=submission,
            key=f"{key.pk}:{repeat_key or form_hash(post)}",
            address=address,
        )
    except Invalid as error:
        raise problem_of(error) from error
    except KeyReused as error:
        raise Problem(400, error.sentence) from error
    return [
        {
            "service_request_id": receipt.number,
            "service_notice": _notice(receipt, has_contact=bool(_way(submission.contact))),
            "account_id": plain(post.get("account_id", "")) or None,
        }
    ]


def _way(contact: ContactDetails) -> str:
    return contact.email or contact.phone


def form_hash(post: QueryDict) -> str:
    """A hash of all that was sent, in whatever order, but for the key."""
    rows = sorted((name, values) for name, values in post.lists() if name != "api_key")
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def check_repeat_key(given: str) -> str:
    """The `Idempotency-Key` of a request, or nothing. Raises Problem for one that is too long."""
    if len(given) > LONGEST_KEY:
        raise Problem(400, _("Idempotency-Key: at most 200 characters."))
    return plain(given)


def problem_of(error: Invalid) -> Problem:
    """A refusal of the filing in the words of the form: each field by the name that it has there."""
    if "category" in error.fields:
        return Problem(404, NO_SUCH_SERVICE)
    said: list[Sentence] = [
        f"{NAMES.get(field, field)}: {sentence}"
        for field, sentences in error.fields.items()
        for sentence in sentences
    ]
    return Problem(400, *said or [error.sentence])


def _notice(receipt: Receipt, *, has_contact: bool) -> str:
    """What the reporter is to know: by when it is answered, and how they hear of it."""
    due = datetime.fromisoformat(receipt.answer_due)
    day = (due - timedelta(microseconds=1)).astimezone(timezone.get_default_timezone()).date()
    words = format_date(day, "d MMMM y", locale=language())
    words = words.translate(BANGLA_DIGITS) if language() == "bn" else words
    said = _("Answered by %(day)s at the latest.") % {"day": words}
    if has_contact:
        return f"{said} " + _("We write to the address or number that was given.")
    return f"{said} " + _("No address or number was given, so nobody can be told of it.")
