"""A small IMAP server over TLS on this machine: as much of RFC 3501 as a client needs that fetches letters.

It can be told to fail, as real ones do, and notes every command that it was given.
"""

import ipaddress
import re
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "complaints", 'open "sesame" \\ here'


class Mailbox:
    """The letters of one mailbox by UID, which of them are seen, and what goes wrong."""

    def __init__(self) -> None:
        self.letters: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.commands: list[str] = []
        self.port = 0
        #: Letters over which the server hangs up, and those that it refuses to give.
        self.hangs_up_over: set[int] = set()
        self.refuses: set[int] = set()
        self.hangs_up_before_store = False

    def put(self, *letters: bytes) -> None:
        """Deliver letters."""
        for raw in letters:
            self.letters[max(self.letters, default=0) + 1] = raw

    @property
    def unseen(self) -> set[int]:
        """The letters that nobody has seen."""
        return self.letters.keys() - self.seen


class HangUp(Exception):
    """The connection ends without a word."""


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server: "Server"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer commands until the client is gone."""
        if self.server.is_tls_from_start:
            self._start_tls()
        self._say(b"* OK IMAP4rev1 ready\r\n")
        try:
            while line := self.rfile.readline():
                tag, _space, command = line.decode().strip().partition(" ")
                self.server.mailbox.commands.append(command)
                self._obey(tag, command)
        except (HangUp, OSError):
            return

    def finish(self) -> None:
        """Close what was opened over the first connection."""
        super().finish()
        self.connection.close()

    def _start_tls(self) -> None:
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile.close()
        self.rfile = self.connection.makefile("rb")

    def _say(self, content: bytes) -> None:
        self.connection.sendall(content)

    def _done(self, tag: str, said: str = "OK done") -> None:
        self._say(f"{tag} {said}\r\n".encode())

    def _obey(self, tag: str, command: str) -> None:
        name = " ".join(command.upper().split()[: 2 if command.upper().startswith("UID") else 1])
        if name == "STARTTLS":
            self._done(tag)
            self._start_tls()
        elif name == "LOGOUT":
            self._say(b"* BYE\r\n")
            self._done(tag)
            raise HangUp
        elif name == "CAPABILITY":
            offers = "" if self.server.is_tls_from_start else " STARTTLS"
            self._say(f"* CAPABILITY IMAP4rev1{offers}\r\n".encode())
            self._done(tag)
        else:
            verbs: dict[str, Callable[[str], str]] = {
                "LOGIN": self._login,
                "SELECT": self._select,
                "UID SEARCH": self._search,
                "UID FETCH": self._fetch,
                "UID STORE": self._store,
            }
            self._done(tag, verbs[name](command))

    def _login(self, command: str) -> str:
        quoted = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
        if command == f'LOGIN "{USER}" "{quoted}"':
            return "OK done"
        return "NO [AUTHENTICATIONFAILED] complaints@portal.example"

    def _select(self, command: str) -> str:
        self._say(f"* {len(self.server.mailbox.letters)} EXISTS\r\n".encode())
        return "OK [READ-WRITE] done"

    def _search(self, command: str) -> str:
        assert command == "UID SEARCH UNSEEN"
        found = " ".join(map(str, sorted(self.server.mailbox.unseen)))
        self._say(f"* SEARCH {found}".rstrip().encode() + b"\r\n")
        return "OK done"

    def _fetch(self, command: str) -> str:
        """One letter, or its beginning."""
        box = self.server.mailbox
        asked = re.fullmatch(r"UID FETCH (\d+) \(BODY(\.PEEK)?\[\](?:<0\.(\d+)>)?\)", command)
        assert asked, command
        uid = int(asked[1])
        if uid in box.hangs_up_over:
            raise HangUp
        if uid in box.refuses:
            return "NO [SERVERBUG] message is damaged"
        if uid not in box.letters:
            return "OK done"
        if not asked[2]:
            box.seen.add(uid)
        raw = box.letters[uid][: int(asked[3]) if asked[3] else None]
        self._say(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode())
        self._say(raw + b")\r\n")
        return "OK done"

    def _store(self, command: str) -> str:
        box = self.server.mailbox
        if box.hangs_up_before_store:
            raise HangUp
        asked = re.fullmatch(r"UID STORE (\d+) \+FLAGS \(\\Seen\)", command)
        assert asked, command
        box.seen.add(int(asked[1]))
        self._say(f"* {asked[1]} FETCH (UID {asked[1]} FLAGS (\\Seen))\r\n".encode())
        return "OK done"


class Server(socketserver.ThreadingTCPServer):
    """The server of one mailbox."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, mailbox: Mailbox, context: ssl.SSLContext, *, tls_from_start: bool) -> None:
        self.mailbox, self.context, self.is_tls_from_start = mailbox, context, tls_from_start
        super().__init__(("127.0.0.1", mailbox.port), Session)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not trust us hangs up: nothing to tell of."""


def certificate(folder: Path) -> Path:
    """Make a certificate for 127.0.0.1 that signs itself; with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "imap.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def serving(mailbox: Mailbox, pem: Path, *, tls_from_start: bool = True) -> Iterator[Mailbox]:
    """Serve a mailbox, at the port that it had before if it had one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with Server(mailbox, context, tls_from_start=tls_from_start) as server:
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
