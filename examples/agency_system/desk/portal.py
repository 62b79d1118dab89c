"""The portal's API: tokens, and what each kind of answer means for whoever asks.

Three things can come of a call: an answer; `Refused`, which no repeat will change; `Later`, which says
when to try again. Who repeats, and how often, is not decided here (see sending.py).
"""

import threading
import time
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings

#: Seconds for connecting and for an answer.
TIMEOUT = (5, 30)
#: Refusals that have nothing to do with what was asked: somebody has to see to it that we may ask.
LOCKED_OUT, LOCKED_OUT_FOR = ("invalid_token", "network", "scope"), 60
#: A token is renewed so many seconds before it ends.
EARLY = 60


class Refused(Exception):
    """The portal says no (RFC 9457): `code` is for programs, `title` and `errors` are for people."""

    def __init__(self, status, problem):
        self.status, self.code = status, problem.get("code", "")
        self.title, self.errors = problem.get("title", ""), problem.get("errors", {})
        super().__init__(f"{status} {self.code}: {self.title}")

    @property
    def words(self):
        """All that it says, as one text."""
        fields = [f"{name}: {' '.join(map(str, s))}" for name, s in self.errors.items()]
        return "\n".join([self.title or f"The portal answered {self.status}.", *fields])


class Later(Exception):
    """No answer now: try again, after so many seconds if the portal said so."""

    def __init__(self, why, seconds=None):
        self.seconds = seconds
        super().__init__(why)


class Portal:
    """One for a process; threads may share it."""

    def __init__(self):
        self._session, self._lock = requests.Session(), threading.Lock()
        self._token, self._until = "", 0.0

    def get(self, path, **query):
        """The body of a GET below /api/v1/."""
        return self.call("GET", path, params=query)

    def pages(self, path, **query):
        """The rows of a list, page after page."""
        while True:
            page = self.get(path, **query)
            yield from page["results"]
            if not page["next"]:
                return
            query = parse_qs(urlsplit(page["next"]).query)

    def upload(self, name, content):
        """Store a file; its key is good for 24 hours, until a move takes it."""
        return self.call("POST", "files/", files={"file": (name, content)})["key"]

    def call(self, method, path, *, key="", seen=None, **parts):
        """The body of an answer. `key` and `seen` guard a write. Raises Refused, Later."""
        headers = {"Accept-Language": "en"}
        if key:
            headers["Idempotency-Key"] = str(key)
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        for is_last in (False, True):
            token = self._good_token()
            answer = self._ask(method, f"/api/v1/{path}", token, headers, parts)
            if answer.status_code != 401 or is_last:
                break
            # Ended before its time: somebody gave it back, or changed our secret. Once more with a new one.
            self._forget(token)
        body = _body(answer)
        if answer.status_code >= 400:
            if body.get("code") in LOCKED_OUT:
                raise Later(f"The portal does not let us in: {body['title']}", LOCKED_OUT_FOR)
            raise Refused(answer.status_code, body)
        return body

    def _ask(self, method, path, token, headers, parts):
        if token:
            headers = {**headers, "Authorization": f"Bearer {token}"}
        url = settings.PORTAL_URL + path
        try:
            answer = self._session.request(
                method, url, headers=headers, timeout=TIMEOUT, allow_redirects=False, **parts
            )
        except requests.RequestException as error:
            raise Later(f"The portal cannot be reached ({type(error).__name__}).") from error
        if answer.status_code == 429 or answer.status_code >= 500:
            wait = answer.headers.get("Retry-After", "")
            said = f"The portal answered {answer.status_code}."
            raise Later(said, int(wait) if wait.isdecimal() else None)
        return answer

    def _good_token(self):
        with self._lock:
            if time.monotonic() >= self._until:
                self._new_token()
            return self._token

    def _new_token(self):
        asked = {
            "grant_type": "client_credentials",
            "client_id": settings.PORTAL_CLIENT_ID,
            "client_secret": settings.PORTAL_CLIENT_SECRET,
        }
        answer = self._ask("POST", "/oauth/token/", "", {}, {"data": asked})
        body = _body(answer)
        if answer.status_code != 200:
            # OAuth's errors are its own (RFC 6749, 5.2).
            why = body.get("error_description") or "it does not know our id and secret."
            raise Later(f"The portal gives us no token: {why}", LOCKED_OUT_FOR)
        self._token = body["access_token"]
        self._until = time.monotonic() + body["expires_in"] - EARLY

    def _forget(self, token):
        with self._lock:
            if self._token == token:
                self._until = 0.0


def _body(answer):
    """JSON; nothing where there is none."""
    try:
        return answer.json() if answer.content else {}
    except ValueError:
        return {}
