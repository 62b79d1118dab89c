"""Nobody's network address is written down: a filing through a real server, then a search of everything."""

import http.client
import ipaddress
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from complaints.models import Case
from tests.complaints.filing import TEXT, photo
from tests.complaints.test_secrecy import everything_stored
from tests.conftest import worker_environment
from tests.factories.agencies import make_registry
from tests.grs.launching import ROOT, free_port

pytestmark = pytest.mark.django_db(transaction=True)
#: The machine's own network holds this address too, and nobody else uses it.
BESIDE = "127.77.88.99"
#: What a proxy in front says of the caller.
CALLER = "203.0.113.77"
NEW = "/en/complaints/new/"


class Server:
    """gunicorn as in production, on this test's database; all it says goes to a file."""

    def __init__(self, log: Path, proxies: int) -> None:
        self.port, self.log = free_port(), log
        environment = worker_environment() | {
            "GRS_BIND": f"127.0.0.1:{self.port}",
            "GRS_WEB_WORKERS": "1",
            "GRS_PROXIES": str(proxies),
            "GRS_LOG_LEVEL": "DEBUG",
            "PYTHONUNBUFFERED": "1",
        }
        command = ["-m", "gunicorn", "-c", "python:grs.gunicorn_conf", "grs.wsgi:application"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_up(self) -> None:
        end = time.monotonic() + 60
        while True:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)

    def stop(self) -> str:
        """Stop it; all that it said."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return self.log.read_text()


class Visitor:
    """A browser at an address of its own, behind a proxy that says which."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        with closing(self._connection()) as wire:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            sent = {"X-Forwarded-For": CALLER, "Cookie": cookies, **headers}
            wire.request(method, path, body or None, sent)
            answer = wire.getresponse()
            page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        self.token = token[1] if token else self.token
        return answer.status, answer.headers.get("Location", ""), page

    token = ""

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, 20, source_address=(BESIDE, 0))

    def post(self, path: str, **data: str) -> Any:
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **data}).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, body, **form)

    def upload(self, path: str) -> Any:
        edge = "edge-of-a-part"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{{}}"'
        parts = [
            f"{head.format('csrfmiddlewaretoken')}\r\n\r\n{self.token}\r\n".encode(),
            f'{head.format("files")}; filename="a.jpg"\r\n\r\n'.encode() + photo().read(),
            f"\r\n--{edge}--\r\n".encode(),
        ]
        form = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self.ask("POST", path, b"".join(parts), **form)

    def nonsense(self) -> None:
        """What no server understands: they like to write down from where it came."""
        with closing(socket.create_connection(("127.0.0.1", self.port), 10, (BESIDE, 0))) as wire:
            wire.sendall(b"GET / HTTP/9.9\r\nbroken header\r\n\r\n")
            wire.recv(100)


@pytest.fixture
def server(request: Any, tmp_path: Path) -> Iterator[Server]:
    make_registry()
    server = Server(tmp_path / "gunicorn.log", request.param)
    server.wait_until_up()
    yield server
    if server.process.poll() is None:
        server.stop()


def files_without_a_name(visitor: Visitor) -> dict[str, str]:
    """A filing with a photo, about an official; number and secret from the receipt."""
    visitor.ask("GET", NEW)
    _status, step, _page = visitor.post(NEW, about="yes")
    base = step.rsplit("/", 2)[0]
    visitor.ask("GET", step)
    visitor.post(f"{base}/what/", kind="complaint", text=TEXT)
    visitor.post(f"{base}/place/", unknown="1")
    visitor.post(f"{base}/you/", who="nobody", for_whom="self")
    visitor.upload(f"{base}/files/")
    _status, receipt, page = visitor.post(f"{base}/check/")
    assert receipt.endswith("/receipt/"), page
    page = visitor.ask("GET", receipt)[2]
    number = re.search(r"\d{4}-\d{4}-\d{4}-[A-Z]", page)
    secret = re.search(r"\d{4} \d{4} \d{4} \d{4}", page)
    assert number is not None
    assert secret is not None
    return {"number": number[0], "secret": secret[0]}


def does_all_sorts_of_things(visitor: Visitor) -> None:
    """File, guess, follow, write, sign in with a wrong password, use the API, and talk nonsense."""
    given = files_without_a_name(visitor)
    visitor.ask("GET", "/en/complaints/track/")
    visitor.post("/en/complaints/track/", number=given["number"], secret="1111222233334444")
    visitor.post("/en/complaints/track/", **given)
    page = f"/en/complaints/track/{given['number']}/"
    assert visitor.ask("GET", page)[0] == 200
    seen = str(Case.objects.get(number=given["number"]).last_seq)
    assert visitor.post(f"{page}message/", text="One thing more.", seen=seen)[0] == 302
    visitor.ask("GET", "/en/complaints/track/lost/")
    visitor.post("/en/complaints/track/lost/", number=given["number"], contact="a@example.org")
    visitor.ask("GET", "/en/accounts/login/")
    visitor.post("/en/accounts/login/", login="nobody@example.org", password="wrong-password-1")
    body = json.dumps({"text": TEXT, "about_official": True}).encode()
    kind = {"Content-Type": "application/json"}
    assert visitor.ask("POST", "/api/v1/complaints/", body, **kind)[0] == 201
    visitor.ask("GET", "/api/v1/agencies/")
    visitor.ask("GET", "/nothing/here/")
    visitor.nonsense()


def everything_in_valkey() -> Iterator[str]:
    """Names and values of all that the cache and the broker hold, whatever their kind."""
    for url in {settings.CACHES["default"]["LOCATION"], settings.REDIS_URL}:
        with redis.Redis.from_url(url) as client:
            for key in client.scan_iter():
                reads: dict[bytes, Any] = {
                    b"string": client.get,
                    b"hash": client.hgetall,
                    b"list": lambda name: client.lrange(name, 0, -1),
                    b"set": client.smembers,
                    b"zset": lambda name: client.zrange(name, 0, -1, withscores=True),
                    b"stream": client.xrange,
                }
                yield f"{key!r} {reads[client.type(key)](key)!r}"


def everything(log: str) -> Iterator[tuple[str, str]]:
    """Where, and what stands there: tables (bytes as hexadecimal), sessions, Valkey, log, files' names."""
    yield from everything_stored()
    for session in Session.objects.all():
        yield "sessions", repr(session.get_decoded())
    for line in everything_in_valkey():
        yield "valkey", line
    for line in log.splitlines():
        yield "log", line


def found(address: str, log: str) -> list[str]:
    """Where an address stands: as text, as bytes, as a number, or as bytes of its text."""
    packed = ipaddress.ip_address(address)
    forms = [address, packed.packed.hex(), str(int(packed)), address.encode().hex()]
    return [f"{where}: {row[:200]}" for where, row in everything(log) for f in forms if f in row]


@pytest.mark.parametrize("server", [0, 1], indirect=True, ids=["directly", "behind a proxy"])
def test_no_table_cache_session_or_log_holds_the_address_of_a_visitor(server: Server) -> None:
    does_all_sorts_of_things(Visitor(server.port))
    log = server.stop()
    assert Case.objects.count() == 2
    # It did say something, and of the nonsense too.
    assert '"route": "complaints/track/' in log
    assert "Invalid request from ip=" in log
    assert len(list(everything_in_valkey())) > 5
    for address in (BESIDE, CALLER):
        assert found(address, log) == []


@pytest.mark.parametrize("form", ["text", "bytes", "session", "cache", "log"])
def test_the_search_would_find_it(form: str) -> None:
    log = ""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE odd (a text, b bytea)")
        if form == "text":
            cursor.execute("INSERT INTO odd VALUES (%s, NULL)", [f"from {CALLER}"])
        elif form == "bytes":
            cursor.execute("INSERT INTO odd VALUES ('', %s)", [ipaddress.ip_address(CALLER).packed])
    try:
        if form == "session":
            from django.contrib.sessions.backends.db import SessionStore

            store = SessionStore()
            store["from"] = CALLER
            store.save()
        elif form == "cache":
            from django.core.cache import cache

            cache.set(f"seen:{CALLER}", 1)
        elif form == "log":
            log = f"a request of {CALLER}"
        assert found(CALLER, log)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE odd")
    assert os.environ.get("GRS_TESTING")
