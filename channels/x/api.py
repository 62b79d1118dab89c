"""X's API v2, asked as the portal's own account there.

Requests are signed by OAuth 1.0a (RFC 5849, HMAC-SHA1): its tokens stay valid until they are taken
back, while those of OAuth 2.0 last two hours and would need a store and somebody who renews them.
Sources: docs.x.com, "Manage Direct Messages", "Manage Posts", "Rate limits", "Response codes & errors".
"""

import time
from typing import Any

import requests
from django.conf import settings
from requests_oauthlib import OAuth1

from channels.http import ask, check, json_of
from channels.outbound import CannotSend

#: Problems of the app and not of a message: nothing gets through until somebody mends them.
OURS = frozenset(
    {"client-forbidden", "oauth1-permissions", "unsupported-authentication", "usage-capped"}
)
#: How a refusal is recognised that says: this very post is out already.
REPEATED, SAID_BEFORE = "duplicate content", "duplicate"


def values() -> dict[str, str]:
    """What this installation set for X."""
    found: dict[str, str] = settings.PROVIDERS["x"]
    return found


def is_configured() -> bool:
    """Whether there is an account and an app; X is off otherwise."""
    needed = ("user_id", "consumer_key", "consumer_secret", "access_token", "access_secret")
    return all(values()[name] for name in needed)


def opened() -> requests.Session:
    """A session whose requests are signed as the portal's account."""
    found, session = values(), requests.Session()
    session.auth = OAuth1(
        found["consumer_key"],
        client_secret=found["consumer_secret"],
        resource_owner_key=found["access_token"],
        resource_owner_secret=found["access_secret"],
    )
    return session


def post(session: requests.Session, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send something once; gives the data of the answer. Raises CannotSend.

    Its kind is SAID_BEFORE where X has this very text from us already. What X says in words is not
    kept: it may hold a name.
    """
    response = ask(session, "POST", f"{values()['url']}{path}", json=body)
    if response.status_code in (200, 201):
        data = json_of(response).get("data")
        return data if isinstance(data, dict) else {}
    raise _failure(response)


def get(session: requests.Session, path: str, query: dict[str, str]) -> dict[str, Any]:
    """Look something up; gives the whole answer. Raises CannotSend."""
    response = ask(session, "GET", f"{values()['url']}{path}", params=query)
    if response.status_code == 200:
        return json_of(response)
    raise _failure(response)


def _failure(response: requests.Response) -> CannotSend:
    """Whose fault a refusal is: the provider's, our app's, or this one message's."""
    status = response.status_code
    if status == 429:
        return CannotSend("too_many", is_outage=True, wait=_seconds_left(response))
    problem = json_of(response)
    kind = str(problem.get("type", "")).rpartition("/")[2]
    if kind in OURS or status == 402:
        return CannotSend(kind if kind in OURS else "unpaid", is_outage=True)
    if status == 403 and REPEATED in str(problem.get("detail", "")):
        return CannotSend(SAID_BEFORE, for_good=True)
    if status in (400, 403, 404):
        # 403 is how X says that somebody takes no messages from us.
        return CannotSend(f"http_{status}", for_good=True)
    try:
        check(response)
    except CannotSend as failure:
        return failure
    return CannotSend(f"http_{status}")


def _seconds_left(response: requests.Response) -> int:
    """Until the window ends in which we asked too often: X names that moment as Unix time."""
    ends = response.headers.get("x-rate-limit-reset", "")
    left = int(ends) - int(time.time()) if ends.isdecimal() and len(ends) < 12 else 0
    return left if left > 0 else 60
