"""A city is asked: services, a new request, what became of requests, updates. GeoReport v2.

JSON is asked for; a city that has none is asked for XML. The address leads to the open internet or
nowhere (`systems.out.calling`), answers are read up to a size and for some seconds, and of a failure the
kind alone is kept.
"""

import contextlib
import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import requests
from django.core.cache import cache
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError

from channels import http
from channels.open311.formats import w3c
from channels.outbound import CannotSend
from complaints.services import sealing
from systems.cities.answers import BadAnswer, Row, rows_of
from systems.models import City
from systems.out import calling

#: What is read of an answer, by its format: bytes (XML takes many times its length while it is read), and
#: seconds.
MOST_BYTES, LONGEST = {"json": 8 * 1024 * 1024, "xml": 2 * 1024 * 1024}, 20.0
#: Read at once.
PIECE = 64 * 1024
#: No id or token of a city may be longer: it could not be kept.
LONGEST_ID = 200
#: What a city cannot do (a format, updates) is asked again after so many seconds.
KEPT = 3600
#: Ids asked for at once.
BATCH = 50
#: Statuses with which the address itself is not there in this format.
NO_SUCH = (404, 405, 406, 415)


class CannotAsk(Exception):
    """The city did not answer as it should. `kind` says how, without words of the answer.

    `may_have_arrived`: nobody knows whether what was sent was taken. `wait`: seconds for which it asks to
    be left alone.
    """

    def __init__(self, kind: str, *, may_have_arrived: bool = False, wait: int = 0) -> None:
        super().__init__(kind)
        self.kind, self.may_have_arrived, self.wait = kind, may_have_arrived, wait

    @property
    def is_answered(self) -> bool:
        """Whether the city is there, and it is this one question that it does not answer."""
        return self.kind in ("bad_answer", "too_large") or self.kind.startswith("http_")


class Refused(Exception):
    """The city refuses this request for good; `words` are its own, for officers."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"http_{status}")
        self.status, self.words = status, words


@dataclass(frozen=True, slots=True)
class Filed:
    """What a city gave for a request: its id, or a token for which it gives one later."""

    id: str = ""
    token: str = ""


class Asking:
    """One city being asked, with one session. Use it as a context."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.session = calling.new_session()
        self.session.headers["user-agent"] = "complaint-portal-open311/1"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()

    # --- What is asked ------------------------------------------------------------------------

    def services(self) -> list[Row]:
        """The city's services. Raises CannotAsk."""
        return [row for row in self._get("services", {}) if row.get("service_code")]

    def requests(self, ids: Iterable[str]) -> list[Row]:
        """What became of these requests, at most BATCH; one that the city does not show is left out."""
        return self._get("requests", {"service_request_id": ",".join(ids)})

    def recent(self, service: str, since: datetime, until: datetime) -> list[Row]:
        """The requests for a service in a time, as far as the city shows them."""
        return self._get(
            "requests",
            {"service_code": service, "start_date": _at(since), "end_date": _at(until)},
        )

    def token(self, token: str) -> str:
        """The id that a token has become, empty while there is none. Raises CannotAsk."""
        rows = self._get(f"tokens/{quote(token, safe='')}", {})
        return next(filter(None, map(id_in, rows)), "")

    def updates(self, since: datetime, until: datetime) -> list[Row]:
        """Updates of a time (an extension of FixMyStreet); none where the city does not have it."""
        kept = self._known("updates")
        if cache.get(kept) == "none":
            return []
        try:
            query = {"start_date": _at(since), "end_date": _at(until)}
            return self._get("servicerequestupdates", query)
        except CannotAsk as error:
            if error.kind not in ("http_404", "http_405", "http_400", "http_501"):
                raise
            cache.set(kept, "none", timeout=KEPT)
            return []

    @property
    def has_no_updates(self) -> bool:
        """Whether the city lately said that it has no updates."""
        return cache.get(self._known("updates")) == "none"

    def file(self, given: Mapping[str, str]) -> Filed:
        """File a request with all its fields and the key, once: it is for the caller to know that it was
        not sent before.

        Raises Refused, CannotAsk.
        """
        form = {**self._of_all, **given}
        try:
            written, answered_in = self._in_a_format("POST", "requests", data=form)
        except Refused as refusal:
            if refusal.status in NO_SUCH and not refusal.words:
                # There is no such page: that is about the address, not about this case.
                raise CannotAsk(str(refusal)) from None
            raise
        try:
            rows = rows_of(written, answered_in)
        except BadAnswer:
            raise CannotAsk("bad_answer", may_have_arrived=True) from None
        for row in rows:
            filed = Filed(id_in(row), id_in(row, "token"))
            if filed.id or filed.token:
                return filed
        raise CannotAsk("bad_answer", may_have_arrived=True)

    # --- How ----------------------------------------------------------------------------------

    @property
    def _of_all(self) -> dict[str, str]:
        of = self.city.jurisdiction
        return {"jurisdiction_id": of} if of else {}

    def _known(self, what: str) -> str:
        return f"systems:city:{self.city.pk}:{self.city.url}:{what}"

    def _get(self, what: str, query: Mapping[str, str]) -> list[Row]:
        try:
            written, form = self._in_a_format("GET", what, params={**self._of_all, **query})
        except Refused as refusal:
            raise CannotAsk(f"http_{refusal.status}") from None
        try:
            return rows_of(written, form)
        except BadAnswer:
            raise CannotAsk("bad_answer") from None

    def _in_a_format(self, method: str, what: str, **options: Any) -> tuple[bytes, str]:
        """Ask in the format that the city is known to have; else in JSON first, and then in XML."""
        kept = self._known("form")
        known = cache.get(kept)
        for form in [known] if known else ["json", "xml"]:
            status, written = self._once(method, what, form, **options)
            if status == 200 and (known or _looks_like(written, form)):
                cache.set(kept, form, timeout=KEPT)
                return written, form
            if known or form == "xml" or (status != 200 and status not in NO_SUCH):
                break
            if method == "POST" and status == 200:
                # It may have taken what it did not answer as it should.
                break
            if _is_refusal(written, form):
                break
        if status == 200:
            raise CannotAsk("bad_answer", may_have_arrived=method == "POST")
        raise Refused(status, _words_of(written, form))

    def _once(self, method: str, what: str, form: str, **options: Any) -> tuple[int, bytes]:
        """Ask once; gives status and body. Raises CannotAsk where the city is away or does not know us."""
        try:
            with self.session.request(
                method,
                f"{self.city.url}{what}.{form}",
                timeout=(calling.CONNECT, calling.HEAD),
                allow_redirects=False,
                stream=True,
                **options,
            ) as response:
                _check(response, is_new=method == "POST")
                status = 200 if 200 <= response.status_code < 300 else response.status_code
                return status, _read(response, MOST_BYTES[form])
        except requests.exceptions.SSLError as error:
            raise CannotAsk("tls", may_have_arrived=not _is_of_the_certificate(error)) from None
        except requests.ConnectTimeout:
            raise CannotAsk("timeout") from None
        except (requests.Timeout, ReadTimeoutError):
            raise CannotAsk("timeout", may_have_arrived=True) from None
        except requests.ConnectionError as error:
            raise _not_reached(error) from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
            raise CannotAsk("bad_address") from None
        except (OSError, HTTPError, ValueError):
            raise CannotAsk("bad_answer", may_have_arrived=True) from None


def key_of(city: City) -> dict[str, str]:
    """The key as a field of a request; nothing where the city wants none. Raises CannotUnseal."""
    if not city.sealed_key:
        return {}
    return {"api_key": sealing.unseal(city.sealed_key)["key"]}


def key_opens(city: City) -> bool:
    """Whether the city's key can be read here; without one there is nothing to read. Where it cannot,
    nothing is sent to the city until the key is set anew, or the one is back with which it was sealed.
    """
    try:
        key_of(city)
    except sealing.CannotUnseal:
        return False
    return True


def id_in(row: Row, name: str = "service_request_id") -> str:
    """An id in a row; empty for none, and for what is too long to be one."""
    found = row.get(name, "")
    return found if len(found) <= LONGEST_ID else ""


def _is_of_the_certificate(error: requests.exceptions.SSLError) -> bool:
    """Whether it was found before anything was sent; a connection can also break while the answer comes."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    causes: tuple[object, ...] = getattr(reason, "args", ())
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes)


def _not_reached(error: requests.ConnectionError) -> CannotAsk:
    """Whether it never got there, or was hung up on with what was sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, calling.NotPublic):
        return CannotAsk("private_address")
    if isinstance(reason, NewConnectionError):
        return CannotAsk("unreachable")
    return CannotAsk("unreachable", may_have_arrived=True)


def _check(response: requests.Response, *, is_new: bool) -> None:
    """Raise CannotAsk where a status says: away, busy, or does not know us."""
    try:
        http.check(response)
    except CannotSend as error:
        status = response.status_code
        # 503 and 429 say that nothing was done; of other failures nobody knows, and some lead on to what
        # was made.
        unsure = is_new and (status in (302, 303) or (status >= 500 and status != 503))
        raise CannotAsk(error.kind, may_have_arrived=unsure, wait=error.wait) from None


def _read(response: requests.Response, most: int) -> bytes:
    """The body, up to so many bytes (unpacked) and LONGEST seconds: then it is hung up on, wherever it is.

    Raises CannotAsk for more.
    """
    raw, content, is_over = response.raw, bytearray(), threading.Event()

    def hang_up() -> None:
        is_over.set()
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            raw.shutdown()

    watch = threading.Timer(LONGEST, hang_up)
    watch.daemon = True
    watch.start()
    try:
        while len(content) <= most and (piece := raw.read1(PIECE, decode_content=True)):
            content += piece
    except (HTTPError, OSError, ValueError):
        if not is_over.is_set():
            raise
    finally:
        watch.cancel()
    if is_over.is_set():
        raise CannotAsk("timeout", may_have_arrived=True)
    if len(content) > most:
        raise CannotAsk("too_large", may_have_arrived=True)
    return bytes(content)


def _looks_like(written: bytes, form: str) -> bool:
    try:
        rows_of(written, form)
    except BadAnswer:
        return False
    return True


def _is_refusal(written: bytes, form: str) -> bool:
    """Whether an answer is the city's own list of errors, not a page that says that nothing is there."""
    try:
        return any(row.get("description") for row in rows_of(written, form))
    except BadAnswer:
        return False


def _words_of(written: bytes, form: str) -> str:
    """What the city says is wrong, if it says so in the way of the specification."""
    try:
        rows = rows_of(written, form)
    except BadAnswer:
        return ""
    return "; ".join(filter(None, (row.get("description", "") for row in rows)))[:1000]


def _at(moment: datetime) -> str:
    return w3c(moment) or ""
