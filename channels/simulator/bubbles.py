"""A talk as a telephone shows it: bubbles of both sides, and what the portal knows of its own."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels import grammar
from channels.models import Played, Provider
from channels.simulator import mailbox, played, trouble
from channels.simulator.mailbox import Letter
from channels.simulator.people import EVERYBODY, PUBLIC, Person, find
from channels.simulator.providers.base import Provider as Pretended
from channels.simulator.providers.whatsapp import DISPLAY_NUMBER
from channels.simulator.providers.x import PORTAL_NAME
from complaints.models import Notice

#: What became of a message: ours as the portal knows it, theirs by what the portal answered.
STATES = {
    "": _("On its way"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "read": _("Read"),
    "failed": _("Not delivered"),
    "lost": _("Not delivered"),
    "taken": _("Taken by the portal"),
    "refused": _("Refused by the portal"),
    "silent": _("The portal did not answer"),
}
#: What an exchange was about.
EXCHANGES = {
    "words": _("From the provider to the portal: a message"),
    "repeat": _("From the provider to the portal: the same once more"),
    "forged": _("From a stranger to the portal: a message with a forged signature"),
    "sent": _("From the portal to the provider: a message"),
    "letter": _("A letter of the portal"),
}
REPORTED = _("From the provider to the portal: what became of the message")
LONGEST_SHOWN = 8000


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of a talk. `state` is a key of STATES; `status` what the portal answered."""

    id: str
    from_us: bool
    text: str
    at: datetime
    state: str = ""
    status: int = 0
    times: int = 1
    author: str = ""
    subject: str = ""
    photo: str = ""
    place: list[float] = field(default_factory=list)
    quoted: str = ""
    language: str = ""

    @property
    def words(self) -> Any:
        """The state in words."""
        return STATES[self.state]


def bubbles(channel: str, person: Person) -> list[Bubble]:
    """A talk, the oldest message first; letters of the portal come from its mail folder."""
    rows = played.talk(channel, person.key)
    letters = mailbox.letters(person.email) if channel == "email" else []
    ids = [row.external_id for row in rows if row.from_us]
    notices = Notice.objects.filter(channel=channel, provider_id__in=ids)
    delivery = dict(notices.values_list("provider_id", "delivery"))
    texts = {row.external_id: row.text for row in rows}
    texts |= {letter.message_id: letter.subject for letter in letters}
    found = [_of_row(row, delivery.get(row.external_id, ""), texts) for row in rows]
    found += [_of_letter(letter) for letter in letters]
    return sorted(found, key=lambda bubble: bubble.at)[-played.LONGEST_TALK :]


def public_posts() -> list[Bubble]:
    """What everybody can read at X: people's mentions and the portal's own posts."""
    return bubbles("x", EVERYBODY)


def _of_row(row: Played, delivery: str, texts: dict[str, str]) -> Bubble:
    raw, status = row.raw, _status(row)
    state = (
        ("lost" if raw.get("lost") else delivery or "sent") if row.from_us else _answered(status)
    )
    author = find(settings.COUNTRY, row.channel, raw.get("author", ""))
    return Bubble(
        id=row.external_id,
        from_us=row.from_us,
        text=row.text,
        at=row.at,
        state=state,
        status=status,
        times=sum(one["what"] in ("words", "repeat") for one in raw["exchanges"]) or 1,
        author=author.x_name if author and row.person == PUBLIC else "",
        subject=raw.get("subject", ""),
        photo=raw.get("photo", ""),
        place=raw.get("place", []),
        quoted=texts.get(raw.get("answers", ""), "")[:80],
        language=grammar.language_of(row.text, "", settings.LANGUAGE_CODE),
    )


def _of_letter(letter: Letter) -> Bubble:
    return Bubble(
        id=letter.message_id,
        from_us=True,
        text=letter.text,
        at=letter.at,
        state="delivered",
        subject=letter.subject,
        language=grammar.language_of(letter.text, "", settings.LANGUAGE_CODE),
    )


def _status(row: Played) -> int:
    """What the portal answered last; 0 while nothing did."""
    if row.from_us or not row.raw["exchanges"]:
        return 0
    return int(row.raw["exchanges"][-1]["status"])


def _answered(status: int) -> str:
    if not status:
        return "silent"
    return "taken" if 200 <= status < 300 else "refused"


def first_words(channel: str, person: Person, message_id: str) -> str:
    """How a message of the portal begins that somebody answers; empty where there is no such one."""
    if channel == "email":
        letter = mailbox.find(person.email, message_id) if message_id else None
        return letter.subject if letter else ""
    rows = Played.objects.filter(channel=channel, person=person.key, external_id=message_id)
    return "".join(row.text[:80] for row in rows)


def portal_address(provider: Pretended) -> str:
    """What the portal goes by in a channel."""
    keys = provider.keys
    own = {"sms": keys.get("from", ""), "email": keys.get("address", "")}
    own |= {"whatsapp": f"+{DISPLAY_NUMBER}", "x": f"@{PORTAL_NAME}"}
    return own.get(provider.channel, "")


# --- The wire, to be looked at ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A question and its answer, set to be read."""

    what: str
    asked: str
    answered: str = ""
    status: int = 0

    @property
    def words(self) -> Any:
        """What it was about."""
        return EXCHANGES.get(self.what, REPORTED)


def exchanges(channel: str, person: Person, message_id: str) -> list[Shown]:
    """All that went over the wire about a message; empty where there is no such message."""
    row = Played.objects.filter(channel=channel, person=person.key, external_id=message_id).first()
    if row is not None:
        return [_shown(one) for one in row.raw["exchanges"]]
    letter = mailbox.find(person.email, message_id) if channel == "email" else None
    return [Shown("letter", letter.source[:LONGEST_SHOWN])] if letter else []


def _shown(one: dict[str, Any]) -> Shown:
    request = one["request"]
    lines = [f"{request['method']} {request['url']}"]
    lines += [f"{name}: {value}" for name, value in request["headers"].items()]
    asked = "\n".join(lines) + "\n\n" + _set(request["body"])
    return Shown(one["what"], asked.strip(), _set(one["answer"]), one["status"])


def _set(body: str) -> str:
    """JSON indented, a form one field a line, anything else as it is; at most so much of it."""
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        is_form = "=" in body and "\n" not in body and " " not in body and "<" not in body
        pairs = parse_qsl(body, keep_blank_values=True) if is_form else []
        text = "\n".join(f"{name} = {value}" for name, value in pairs) or body
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"


# --- How a provider does ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Health:
    """How a provider does: its pretended trouble, and what the portal makes of it.

    `waiting` messages of the portal are not out yet; it leaves the provider alone until `alone_until`.
    """

    trouble: str
    trouble_words: Any
    trouble_until: datetime | None
    waiting: int
    failures: int
    alone_until: datetime | None


def health(provider: Pretended, now: datetime) -> Health:
    """How a provider does at this moment."""
    has = trouble.of(provider.name)
    row = Provider.objects.filter(pk=provider.name).first()
    pending = Notice.objects.filter(channel=provider.channel, status=Notice.Status.PENDING)
    # What is to go later, and was never tried, does not wait for the provider.
    waiting = pending.filter(~Q(error="") | Q(next_at__lte=now))
    is_alone = row is not None and row.open_until is not None and row.open_until > now
    return Health(
        trouble=has[0] if has else "",
        trouble_words=trouble.KINDS[has[0]] if has else "",
        trouble_until=has[1] if has else None,
        waiting=waiting.count(),
        failures=row.failures if row else 0,
        alone_until=row.open_until if row and is_alone else None,
    )
