"""The environment, read in one place: names, types, and clear refusals.

Every setting is listed with its meaning in `.env.example`.
"""

import base64
import ipaddress
import os
from urllib.parse import parse_qs, quote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The value of a variable without surrounding blanks, or the default when unset or empty."""
    return os.environ.get(name, "").strip() or default


def required(name: str, why: str) -> str:
    """The value of a variable that has no default.

    Raises ImproperlyConfigured, naming the variable and what it is for.
    """
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why} (see .env.example)")
    return value


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes or on; raises ImproperlyConfigured for a word that is neither."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")


def number(name: str, default: int) -> int:
    """A whole number; raises ImproperlyConfigured for anything else."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from None


def is_here(url: str) -> bool:
    """Whether an address leads to this very machine: to a loopback address, or to localhost."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def harmless_page(name: str, default: str) -> str:
    """The address of a page: https, or a path of our own that begins with one slash.

    Raises ImproperlyConfigured for any other: what is sent to it must not be read on the way.
    """
    value = text(name, default)
    is_own = value.startswith("/") and not value.startswith(("//", "/\\"))
    if not (is_own or (value.startswith("https://") and urlsplit(value).hostname)):
        raise ImproperlyConfigured(f"{name} must begin with https:// or be a path of our own")
    return value


def origin(url: str) -> list[str]:
    """The origin of an address, as a content policy names it; none for a path of our own."""
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without blanks and empty members."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    """One of the allowed words; raises ImproperlyConfigured for any other."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def redis_database(url: str, offset: int) -> str:
    """The same server's address with the database number moved up by `offset`.

    Understands redis://, rediss:// and unix:// addresses (redis+socket:// is read as unix://).
    """
    parts = urlsplit(url)
    if parts.scheme in {"unix", "redis+socket"}:
        query = parse_qs(parts.query)
        database = int(query.get("db", query.get("virtual_host", ["0"]))[0])
        login = f"{parts.netloc}" if parts.netloc else ""
        return f"unix://{login}{parts.path}?db={database + offset}"
    if parts.scheme not in {"redis", "rediss"}:
        raise ImproperlyConfigured(
            "REDIS_URL must start with redis://, rediss:// or unix://, not " + repr(parts.scheme)
        )
    database = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{database + offset}").geturl()


def celery_broker(url: str) -> str:
    """The address as Celery wants it: redis+socket:// with virtual_host for a socket."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    login = f"{parts.netloc}" if parts.netloc else ""
    return f"redis+socket://{login}{quote(parts.path)}?virtual_host={database}"


def key(name: str, why: str, size: int = 32) -> bytes:
    """A key given as base64 (either alphabet). Raises ImproperlyConfigured if it is not that long."""
    value = required(name, why)
    try:
        raw = base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != size:
        raise ImproperlyConfigured(f"{name} must be {size} bytes in base64 (see .env.example)")
    return raw
