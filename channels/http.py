"""Asking a provider over HTTP: short time-outs, no redirects, and failures by their kind alone.

What a provider answers may hold an address or words of a citizen: it is never logged or kept.
"""

from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings

from channels.inbound import CannotFetch
from channels.outbound import CannotSend

#: Seconds to connect, and between two bytes.
TIMEOUT = (3.05, 10)
CHUNK = 64 * 1024


def call(session: requests.Session, method: str, url: str, **options: Any) -> requests.Response:
    """Ask once. Raises CannotSend where the provider is away, busy, or does not know us (any more).

    Other refusals (4xx) are given back: only the caller knows whether a retry helps.
    """
    response = ask(session, method, url, **options)
    check(response)
    return response


def ask(session: requests.Session, method: str, url: str, **options: Any) -> requests.Response:
    """Ask once, whatever is answered. Raises CannotSend where nothing is."""
    try:
        return session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **options)
    except requests.Timeout:
        raise CannotSend("timeout", is_outage=True) from None
    except requests.RequestException as error:
        raise CannotSend(type(error).__name__, is_outage=True) from None


def check(response: requests.Response) -> None:
    """Raises CannotSend where a status says: away, busy, or does not know us (any more)."""
    status = response.status_code
    if status == 429:
        raise CannotSend("too_many", is_outage=True, wait=_seconds(response))
    if status >= 500 or status in (401, 403, 408) or 300 <= status < 400:
        raise CannotSend(f"http_{status}", is_outage=True)


def _seconds(response: requests.Response) -> int:
    """How long the provider asks to be left alone, if it says so in seconds."""
    asked = response.headers.get("Retry-After", "")
    return int(asked) if asked.isdecimal() else 60


def json_of(response: requests.Response) -> dict[str, Any]:
    """The JSON object of an answer; an empty one for anything else."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def download(
    session: requests.Session,
    url: str,
    hosts: tuple[str, ...],
    *,
    onward: tuple[str, ...] = (),
    **options: Any,
) -> bytes:
    """A file of a message, from one of the provider's hosts (a name, or what it ends with: ".x.org").

    Read in pieces and given up once it is larger than any file that is kept. A redirect could lead
    anywhere: it is followed once, to one of the hosts `onward`, and without the options, which may
    prove us to the first one. Raises CannotFetch.
    """
    host = _host_of(url)
    if not any(host == name or (name.startswith(".") and host.endswith(name)) for name in hosts):
        raise CannotFetch("strange_address", for_good=True)
    options = {**options, "timeout": TIMEOUT, "stream": True, "allow_redirects": False}
    try:
        with session.get(url, **options) as response:
            if onward and response.is_redirect:
                return download(session, urljoin(url, response.headers["Location"]), onward)
            if response.status_code in (404, 410):
                raise CannotFetch("gone", for_good=True)
            if response.status_code != 200:
                raise CannotFetch(f"http_{response.status_code}")
            return _read(response)
    except requests.RequestException as error:
        raise CannotFetch(type(error).__name__) from None


def _host_of(url: str) -> str:
    """The host that would be asked, as the library that asks reads the address; empty for none.

    Two readers may differ ("https://evil.org\\@known.org"): only the one that counts is asked.
    """
    try:
        asked = urlsplit(requests.Request("GET", url).prepare().url or "")
    except (requests.RequestException, ValueError):
        return ""
    return (asked.hostname or "") if asked.scheme in ("http", "https") else ""


def _read(response: requests.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > settings.FILES_MAX_BYTES:
            raise CannotFetch("large", for_good=True)
    return bytes(content)
