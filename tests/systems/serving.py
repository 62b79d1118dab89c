"""A local server of the tests, on a port of its own."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class QuietHandler(BaseHTTPRequestHandler):
    """Keeps connections, writes no log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_words: Any) -> None:
        """Nothing."""


@contextmanager
def served(handler: type[QuietHandler], certificate: Path | None = None) -> Iterator[str]:
    """The server's address without a slash at its end, until the block is left; by TLS if it has a
    certificate (with its key, in one file).
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
