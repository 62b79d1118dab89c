"""A local server of the tests, on a port of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class QuietHandler(BaseHTTPRequestHandler):
    """Keeps connections, writes no log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_words: Any) -> None:
        """Nothing."""


@contextmanager
def served(handler: type[QuietHandler]) -> Iterator[str]:
    """The server's address without a slash at its end, until the block is left."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
