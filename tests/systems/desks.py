"""The example agency system as it is meant to be run: processes of its own, a database of its own, and
between it and the portal a line that can break.
"""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import requests
from django.db import connection

from grs.machine.processes import Child
from tests.conftest import ROOT, eventually

FOLDER = ROOT / "examples/agency_system"
DATABASE = "example_desk"
#: Headers that are of one connection alone.
OF_A_LINE = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"}


@dataclass
class Line:
    """What lies between desk and portal. `breaks` says what becomes of a request, by method and path."""

    portal: str
    url: str = ""
    #: "" leads it on; "down": nobody is there; "deaf": the portal has it, its answer is lost; "busy": 503.
    breaks: Callable[[str, str], str] = field(default=lambda _method, _path: "")
    calls: list[tuple[str, str, int]] = field(default_factory=list)

    def once(self, what: str, end: str) -> None:
        """Break the next request whose path ends so, and no other."""
        left = [what]

        def breaks(_method: str, path: str) -> str:
            return left.pop() if left and path.endswith(end) else ""

        self.breaks = breaks


@contextlib.contextmanager
def line_to(portal: str) -> Iterator[Line]:
    """A line that leads to the portal until the block is left."""
    line = Line(portal)

    class Handler(BaseHTTPRequestHandler):
        def _lead(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            path = self.path.split("?")[0]
            what = line.breaks(self.command, path)
            if what == "down":
                line.calls.append((self.command, path, 0))
                return
            if what == "busy":
                line.calls.append((self.command, path, 503))
                self.send_response(503)
                self.send_header("Retry-After", "1")
                self.end_headers()
                return
            headers = {n: v for n, v in self.headers.items() if n.lower() not in OF_A_LINE}
            answer = requests.request(
                self.command, portal + self.path, data=body, headers=headers, timeout=20
            )
            line.calls.append((self.command, path, answer.status_code))
            if what == "deaf":
                return
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in OF_A_LINE:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = _lead

        def log_message(self, *_words: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    line.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextlib.contextmanager
def a_database() -> Iterator[str]:
    """The address of an empty database beside the one of the tests, until the block is left."""
    told = connection.settings_dict
    name = f"{DATABASE}_{told['NAME']}"[:60]
    login = f"{quote(told['USER'], safe='')}:{quote(told['PASSWORD'] or '', safe='')}"
    port = f":{told['PORT']}" if told["PORT"] else ""
    _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield f"postgresql://{login}@{quote(told['HOST'], safe='')}{port}/{name}"
    finally:
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    with contextlib.closing(_connect("postgres")) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement)


def _connect(database: str) -> Any:
    told = connection.settings_dict
    return psycopg2.connect(
        dbname=database,
        host=told["HOST"],
        port=told["PORT"] or None,
        user=told["USER"],
        password=told["PASSWORD"],
    )


class Desk:
    """The example, running: its programs, its pages as a clerk uses them, its tables as they are."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("GRS_", "DJANGO_"))}
        self.environment = {**kept, **environment, "DESK_URL": self.url}
        self.database = environment["DATABASE_URL"].rsplit("/", 1)[1]
        self.children: dict[str, Child] = {}

    # --- Programs -----------------------------------------------------------------------------

    def manage(self, *command: str) -> str:
        """What a command of the example says; it has to succeed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=FOLDER,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str, *command: str) -> Child:
        """One of its programs; it runs until it is stopped."""
        argv = [sys.executable, "manage.py", *command]
        log = self.folder / f"{name}.log"
        child = self.children[name] = Child(name, argv, log, env=self.environment, cwd=FOLDER)
        child.start()
        return child

    def start_web(self) -> None:
        """The pages, and the address that the portal calls."""
        child = self.start("web", "runserver", "--noreload", f"127.0.0.1:{self.port}")
        eventually(lambda: not child.running() or _listens(self.port), 20)
        assert child.running(), child.last_lines(40)

    def start_loop(self) -> None:
        """What reads the feed, works and sends."""
        self.start("loop", "catch_up", "--loop", "--every", "0.2")

    def stop(self, *names: str) -> None:
        """Stop these programs, or all."""
        for name in names or list(self.children):
            self.children.pop(name).stop()

    def log(self, name: str) -> str:
        """What a program has said so far."""
        return (self.folder / f"{name}.log").read_text()

    # --- Its clerks ---------------------------------------------------------------------------

    def page(self, path: str = "") -> str:
        """A page of it."""
        answer = requests.get(f"{self.url}/{path}", timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, file: tuple[str, bytes] | None = None, **fields: str) -> str:
        """Fill in the form of a page, as a browser does; the page that comes then."""
        clerk = requests.Session()
        shown = clerk.get(f"{self.url}/{path}", timeout=20).text
        if 'name="seen"' in shown and "seen" not in fields:
            fields["seen"] = shown.split('name="seen" value="')[1].split('"')[0]
        fields["csrfmiddlewaretoken"] = clerk.cookies["csrftoken"]
        files = {"file": file} if file else {"file": ("", b"")}
        answer = clerk.post(f"{self.url}/{path}", data=fields, files=files, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.text

    # --- Its tables ---------------------------------------------------------------------------

    def rows(self, query: str, *values: Any) -> list[Any]:
        """What is in its database."""
        with contextlib.closing(_connect(self.database)) as own, own, own.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall()) if cursor.description else []

    def ticket(self, number: str) -> tuple[str, str] | None:
        """Number and status of the ticket of a case."""
        found = self.rows('SELECT ref, status FROM desk_ticket WHERE "case" = %s', number)
        assert len(found) < 2
        return found[0] if found else None

    def is_soon(self, number: str, status: str, seconds: float = 15) -> str:
        """Wait until the ticket of a case has a status; its number."""
        end = time.monotonic() + seconds
        while (ticket := self.ticket(number)) is None or ticket[1] != status:
            assert time.monotonic() < end, f"{ticket} is not {status}:\n{self.log('loop')}"
            time.sleep(0.05)
        return ticket[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
