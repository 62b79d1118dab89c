"""Checking OAuth 1.0a signatures, as X does: RFC 5849, HMAC-SHA1.

Parameters of a form belong to what is signed; a JSON body does not (section 3.4.1.3).
"""

import base64
import hashlib
import hmac
import re
import time
from urllib.parse import parse_qsl, quote, unquote

from django.http import HttpRequest

#: Seconds by which the clocks of both may differ.
SKEW = 300
_PAIR = re.compile(r'(\w+)="([^"]*)"')


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")


def is_signed(request: HttpRequest, url: str, keys: dict[str, str]) -> bool:
    """Whether a request is signed with the app's and the account's secrets, lately."""
    kind, _space, rest = request.headers.get("Authorization", "").partition(" ")
    given = {name: unquote(value) for name, value in _PAIR.findall(rest)}
    named = (given.get("oauth_consumer_key"), given.get("oauth_token"))
    if kind != "OAuth" or named != (keys["consumer_key"], keys["access_token"]):
        return False
    stamp = given.get("oauth_timestamp", "")
    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > SKEW:
        return False
    wanted = _signature(request, url, given, keys)
    is_known_way = given.get("oauth_signature_method") == "HMAC-SHA1"
    return is_known_way and hmac.compare_digest(wanted, given.get("oauth_signature", ""))


def _signature(request: HttpRequest, url: str, given: dict[str, str], keys: dict[str, str]) -> str:
    pairs = [(n, v) for n, v in given.items() if n not in ("oauth_signature", "realm")]
    pairs += parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    if request.content_type == "application/x-www-form-urlencoded":
        pairs += parse_qsl(request.body.decode(), keep_blank_values=True)
    escaped = sorted((_escaped(name), _escaped(value)) for name, value in pairs)
    parameters = "&".join(f"{name}={value}" for name, value in escaped)
    base = "&".join(_escaped(part) for part in (str(request.method), url, parameters))
    key = f"{_escaped(keys['consumer_secret'])}&{_escaped(keys['access_secret'])}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()
