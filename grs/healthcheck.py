"""`python -m grs.healthcheck`: exit 0 if the web server in this container answers.

It asks under the portal's own name, since others are refused, and over plain HTTP, which the
health pages allow.
"""

import os
import sys
import urllib.request


def main() -> int:
    """0 when /healthz/live answers, else 1."""
    hosts = os.environ.get("GRS_ALLOWED_HOSTS", "").split(",")
    host = hosts[0].strip().lstrip(".").replace("*", "") or "localhost"
    port = os.environ.get("GRS_BIND", ":8000").rsplit(":", 1)[-1]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/healthz/live", headers={"Host": host}
    )
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:
            return 0 if answer.status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
