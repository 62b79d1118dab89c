"""News to the devices of a case's citizen, by web push (RFC 8030), encrypted for each (RFC 8291).

A device may show it on a locked screen: it holds no secret, and nothing of what was said.
"""

import json
import time
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.cache import cache
from pywebpush import WebPusher

from channels import http
from channels.outbound import CannotSend, Letter
from channels.public_hosts import PublicOnly
from channels.push import devices, keys
from channels.push.devices import Target
from channels.push.subscription import may_be_asked
from complaints.services.notice_words import Rendered, Unreachable

DAY = 86_400
#: Seconds for one notice: what is left of its devices then waits for the next try.
LONGEST_TRY = 6.0
#: Bytes of words; a message may have 4096 when encrypted, and some services shorten long ones.
LONGEST_BODY = 1500
#: Push services of the browsers. If one of these is away, all wait; of any other host a stranger may
#: have given the address, and its failures hold up nobody else.
SERVICES = (
    ".googleapis.com",
    ".mozilla.com",
    ".mozaws.net",
    ".push.apple.com",
    ".notify.windows.com",
)


class PushOut:
    """Web push, opened for a batch of notices."""

    provider = "webpush"

    def __init__(self) -> None:
        self.session = requests.Session()
        if not settings.PUSH_TO_PRIVATE:
            self.session.mount("https://", PublicOnly())

    def __enter__(self) -> "PushOut":
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def send(self, letter: Letter) -> str:
        """Send to each device of the contact (`letter.to`). It has left if it left to one of them.

        A device that is gone is forgotten; with the last one Unreachable is raised. Raises CannotSend
        if a retry may still reach one: those that have it already are left out then.
        """
        contact_id, content = int(letter.to), content_of(letter.message, letter.reference)
        targets, until = devices.of_contact(contact_id), time.monotonic() + LONGEST_TRY
        failures, gone = list[CannotSend](), list[int]()
        for target in targets:
            try:
                if time.monotonic() > until:
                    raise CannotSend("late")
                if not self._send_once(target, content, letter.reference):
                    gone.append(target.id)
            except CannotSend as failure:
                failures.append(failure)
        devices.forget(gone)
        if len(gone) == len(targets):
            devices.none_left(contact_id)
            raise Unreachable("no_device")
        if worst := _to_be_told(failures, len(targets) - len(gone)):
            raise worst
        return f"push-{letter.reference}"

    def _send_once(self, target: Target, content: bytes, reference: str) -> bool:
        """Send to one device, unless an earlier try did; False if there is no such device any more."""
        sent = f"push:{reference}:{target.id}"
        if cache.get(sent):
            return True
        if not self._send(target, content, reference):
            return False
        cache.set(sent, 1, timeout=2 * DAY)
        return True

    def _send(self, target: Target, content: bytes, reference: str) -> bool:
        endpoint = target.subscription.endpoint
        if not may_be_asked(endpoint):
            return False
        encrypted = WebPusher(target.subscription.as_json()).encode(content)
        headers = {
            **keys.signed(endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(DAY),
            "Urgency": "normal",
            # One of the same topic that still waits at the push service is replaced.
            "Topic": reference,
        }
        response = _answer(self.session, endpoint, encrypted["body"], headers)
        if response.status_code in (404, 410):
            return False
        if response.status_code >= 300:
            raise CannotSend(f"http_{response.status_code}", for_good=True)
        return True


def _answer(
    session: requests.Session, endpoint: str, body: bytes, headers: dict[str, str]
) -> requests.Response:
    """What the push service says. Raises CannotSend if it is away or asks to wait."""
    try:
        # What is said beside the status is not read.
        response = http.ask(session, "POST", endpoint, data=body, headers=headers, stream=True)
        response.close()
        # It does not take our key for this device: no fault of the service, and no retry helps.
        if response.status_code not in (401, 403):
            http.check(response)
        return response
    except CannotSend as failure:
        if _is_service(endpoint):
            raise
        raise CannotSend(failure.kind) from None


def _is_service(endpoint: str) -> bool:
    return (urlsplit(endpoint).hostname or "").endswith(SERVICES)


def _to_be_told(failures: list[CannotSend], devices_left: int) -> CannotSend | None:
    """The failure that decides: one after which a retry may help; else, if all failed, any."""
    for failure in sorted(failures, key=lambda failure: not failure.is_outage):
        if not failure.for_good:
            return failure
    return failures[0] if len(failures) == devices_left else None


def content_of(message: Rendered, reference: str) -> bytes:
    """What a device is sent, as JSON: title, body, the case's number, the page to open, a tag.

    Two with the same tag are shown as one. The words are the messenger's, without the way to answer
    them (a device has none) and without a link that would act for whoever sees the screen.
    """
    words = message.chat.partition("\n\n")[0]
    words = words.replace(message.link, "").strip(" :") if message.link else words
    page = f"/{message.language}/complaints/track/"
    found = {
        "title": message.subject,
        "body": _fitting(words, LONGEST_BODY),
        "number": message.number,
        "url": f"{page}{message.number}/" if message.number else page,
        "tag": f"notice-{reference}",
    }
    return json.dumps(found, ensure_ascii=False).encode()


def _fitting(words: str, most: int) -> str:
    """The words cut to so many bytes, with dots where they were cut."""
    whole = words.encode()
    if len(whole) <= most:
        return words
    return whole[: most - 3].decode(errors="ignore").rstrip() + "…"
