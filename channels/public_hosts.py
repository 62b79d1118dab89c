"""HTTP to addresses that strangers gave: only to public hosts, and only for some seconds.

A name is looked up once, all its addresses are checked, and one of these is connected to: so it cannot
lead elsewhere between the look and the call. A server that answers a byte at a time is hung up on.
"""

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Any, ClassVar

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.response import HTTPResponse
from urllib3.util.connection import create_connection

#: Seconds for connecting, and for the head of the answer, all in all.
LONGEST = 4.0


#: Numbers of IPv6 that a network translates into one of IPv4, which is their end (RFC 6052, 4291).
TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96")))
#: The same within a network of one's own (RFC 8215): where they lead is not known from here.
TRANSLATED_HERE = ipaddress.IPv6Network("64:ff9b:1::/48")


def is_public(address: str) -> bool:
    """Whether a number of the network is of the open internet, and of one machine there."""
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        if number in TRANSLATED_HERE:
            return False
        inside = number.ipv4_mapped or number.sixtofour
        if any(number in network for network in TRANSLATED):
            inside = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        number = inside or number
    return number.is_global and not number.is_multicast


class NotPublic(NewConnectionError):
    """The name leads to a machine that is not of the open internet."""


class Watched(HTTPConnection):
    """A connection that is hung up on once it has taken its time; a time-out alone begins anew with
    each byte.
    """

    #: Seconds for connecting, and for the head of the answer; None: LONGEST.
    to_connect: ClassVar[float | None] = None
    to_answer: ClassVar[float | None] = None

    def connect(self) -> None:
        with self._within(self.to_connect or LONGEST):
            super().connect()

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with self._within(self.to_answer or LONGEST):
            return super().getresponse()

    @contextlib.contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Hang up after so many seconds."""
        watch = threading.Timer(seconds, self._hang_up)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _hang_up(self) -> None:
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class PublicConnection(Watched, HTTPSConnection):
    """A watched TLS connection that is not made to a machine of our own network."""

    def _new_conn(self) -> socket.socket:
        try:
            found = _looked_up(self.host, self.port, self.to_connect or LONGEST)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "the name was not found in time") from error
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        addresses = [str(entry[4][0]) for entry in found]
        if not all(map(is_public, addresses)):
            raise NotPublic(self, "not a public address")
        try:
            return create_connection(
                (addresses[0], self.port),
                self.timeout,
                source_address=self.source_address,
                socket_options=self.socket_options,
            )
        except OSError as error:
            raise NewConnectionError(self, "no connection") from error


def _looked_up(host: str, port: int | None, seconds: float) -> list[Any]:
    """Where a name leads. The system's look-up knows no time-out of ours: it may go on in a thread of its
    own, and is not waited for any longer. Raises TimeoutError, gaierror, UnicodeError.
    """
    answers: SimpleQueue[list[Any] | OSError | UnicodeError] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, list):
        return answer
    raise answer


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = PublicConnection


class PublicOnly(HTTPAdapter):
    """Mounted on a session for https://, it lets through what leads to public hosts.

    With a proxy in the environment it is the proxy that decides where it may go.
    """

    #: By scheme, how connections are made.
    pools: ClassVar[dict[str, type[HTTPConnectionPool]]] = {"https": _PublicPool}

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As usual, but each connection is a checked one."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools
