"""Asking a provider over HTTP: short time-outs, no redirects, and failures by their kind alone.

What a provider answers may hold an address or words of a citizen: it is never logged or kept.
"""

from typing import Any
from urllib.parse import urlsplit

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
    try:
        response = session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **options)
    except requests.Timeout:
        raise CannotSend("timeout", is_outage=True) from None
    except requests.RequestException as error:
        raise CannotSend(type(error).__name__, is_outage=True) from None
    status = response.status_code
    if status == 429:
        raise CannotSend("too_many", is_outage=True, wait=_seconds(response))
    if status >= 500 or status in (401, 403, 408) or 300 <= status < 400:
        raise CannotSend(f"http_{status}", is_outage=True)
    return response


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


def download(session: requests.Session, url: str, hosts: tuple[str, ...], **options: Any) -> bytes:
    """A file of a message, from one of the provider's hosts (a name, or what it ends with: ".x.org").

    Read in pieces and given up once it is larger than any file that is kept. Raises CannotFetch.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    known = any(host == name or (name.startswith(".") and host.endswith(name)) for name in hosts)
    if parts.scheme not in ("http", "https") or not known:
        raise CannotFetch("strange_address", for_good=True)
    try:
        with session.get(url, timeout=TIMEOUT, stream=True, **options) as response:
            if response.status_code in (404, 410):
                raise CannotFetch("gone", for_good=True)
            if response.status_code != 200:
                raise CannotFetch(f"http_{response.status_code}")
            return _read(response)
    except requests.RequestException as error:
        raise CannotFetch(type(error).__name__) from None


def _read(response: requests.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > settings.FILES_MAX_BYTES:
            raise CannotFetch("large", for_good=True)
    return bytes(content)
