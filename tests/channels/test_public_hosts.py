"""Addresses that strangers gave lead to the open internet or nowhere, and not for long."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from channels import public_hosts
from channels.public_hosts import PublicOnly, is_public

Speaks = Callable[[ssl.SSLSocket], None]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("142.250.1.1", True),
        ("2607:f8b0::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  # an address among others
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd12::1", False),
        ("224.0.0.1", False),
        ("ff0e::1", False),
        # Numbers of IPv6 behind which there is one of IPv4.
        ("64:ff9b::8.8.8.8", True),
        ("64:ff9b::169.254.169.254", False),
        ("64:ff9b:1::8.8.8.8", False),
        ("::127.0.0.1", False),
        ("2002:7f00:1::1", False),
        ("2002:808:808::1", True),
    ],
)
def test_which_numbers_are_of_the_open_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of push.example.org, which nobody but these tests trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "push.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("push.example.org")]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "push.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


class Server:
    """A TLS server on this machine; counts who connects."""

    def __init__(self, certificate: Path, speaks: Speaks) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.speaks, self.connected = speaks, 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _address = self.listening.accept()
                self.connected += 1
                with self.context.wrap_socket(plain, server_side=True) as secure:
                    self.speaks(secure)
            except OSError:
                if self.listening.fileno() < 0:
                    return


@pytest.fixture
def serve(certificate: Path) -> Iterator[Callable[[Speaks], Server]]:
    started: list[Server] = []

    def start(speaks: Speaks) -> Server:
        started.append(Server(certificate, speaks))
        return started[-1]

    yield start
    for server in started:
        server.listening.close()


def answers(secure: ssl.SSLSocket) -> None:
    # All of it: what is left unread when a connection is closed takes the answer with it.
    received = b""
    while not received.endswith(b"\r\n\r\nx"):
        received += secure.recv(65536)
    secure.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")


def drips(secure: ssl.SSLSocket) -> None:
    secure.recv(65536)
    for letter in b"HTTP/1.1 201 Created\r\nX: " + b"x" * 100:
        secure.sendall(bytes([letter]))
        time.sleep(0.05)


def named(monkeypatch: Any, *addresses: str) -> None:
    """push.example.org leads to these addresses."""

    def found(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(public_hosts.socket, "getaddrinfo", found)


def post(server: Server, certificate: Path) -> requests.Response:
    with requests.Session() as session:
        session.mount("https://", PublicOnly())
        url = f"https://push.example.org:{server.port}/x"
        return session.post(url, data=b"x", timeout=2, verify=str(certificate), stream=True)


@pytest.mark.parametrize("others", [(), ("142.250.1.1",)])
def test_a_public_name_that_leads_to_this_machine_is_not_connected_to(
    serve: Any, certificate: Path, monkeypatch: Any, others: tuple[str, ...]
) -> None:
    server = serve(answers)
    named(monkeypatch, *others, "127.0.0.1")
    with pytest.raises(requests.ConnectionError, match="not a public address"):
        post(server, certificate)
    assert server.connected == 0


def test_the_address_that_was_checked_is_the_one_that_is_used(
    serve: Any, certificate: Path, monkeypatch: Any
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(public_hosts, "is_public", lambda address: not asked.append(address))
    server = serve(answers)
    named(monkeypatch, "127.0.0.1")
    assert post(server, certificate).status_code == 201
    assert asked == ["127.0.0.1"]
    assert server.connected == 1


def test_a_server_that_answers_a_letter_at_a_time_is_hung_up_on(
    serve: Any, certificate: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(public_hosts, "is_public", lambda address: True)
    monkeypatch.setattr(public_hosts, "LONGEST", 0.5)
    server = serve(drips)
    named(monkeypatch, "127.0.0.1")
    began = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        post(server, certificate)
    assert time.monotonic() - began < 2


def test_a_name_that_leads_nowhere_is_a_connection_that_failed(
    serve: Any, certificate: Path, monkeypatch: Any
) -> None:
    def nowhere(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    server = serve(answers)
    monkeypatch.setattr(public_hosts.socket, "getaddrinfo", nowhere)
    with pytest.raises(requests.ConnectionError):
        post(server, certificate)


def test_a_name_that_is_looked_for_too_long_is_not_waited_for(
    serve: Any, certificate: Path, monkeypatch: Any
) -> None:
    over = threading.Event()
    server = serve(answers)
    monkeypatch.setattr(public_hosts, "LONGEST", 0.3)
    monkeypatch.setattr(public_hosts.socket, "getaddrinfo", lambda *_, **__: over.wait(10) and [])
    began = time.monotonic()
    with pytest.raises(requests.ConnectTimeout):
        post(server, certificate)
    assert time.monotonic() - began < 3
    assert server.connected == 0
    over.set()
