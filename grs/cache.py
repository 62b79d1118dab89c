"""The cache of a portal that must go on while its cache is down."""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def _or(answer: Callable[[tuple[Any, ...], dict[str, Any]], Any], name: str) -> Any:
    """The method of RedisCache, with an answer of its own when the server can't be reached."""
    method = getattr(RedisCache, name)

    @wraps(method)
    def forgiving(self: RedisCache, *args: Any, **options: Any) -> Any:
        try:
            return method(self, *args, **options)
        except RedisError as error:
            log.warning("cache unavailable", operation=name, error=type(error).__name__)
            return answer(args, options)

    return forgiving


def _default(args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    return options.get("default", args[1] if len(args) > 1 else None)


class OneClient(RedisCacheClient):
    """Django makes a client anew for each thing that it asks; over the same pool one is enough."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """By the server that is asked."""
        index = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]

    def count(self, key: str, seconds: int) -> int:
        """Both in one exchange; between the two nothing can end."""
        exchange = self.get_client(key, write=True).pipeline(transaction=True)
        exchange.set(key, 0, ex=seconds, nx=True)
        exchange.incr(key)
        return int(exchange.execute()[-1])

    @cached_property
    def _clients(self) -> dict[int, Any]:
        return {}


class ForgivingRedisCache(RedisCache):
    """Redis as a cache; when it is away, everything is a miss and nothing is kept.

    A complaint is filed although limits and drafts can't be counted; what must hold without the
    cache is in the database. `incr` and `count` still fail, since they have no honest answer.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient

    def count(self, key: str, seconds: int) -> int:
        """Count once more under a key, and say how often since the first time; so many seconds after that
        it begins anew. Raises RedisError where the server can't be reached.
        """
        client: Any = self._cache
        return int(client.count(self.make_and_validate_key(key), seconds))

    get = _or(_default, "get")
    get_many = _or(lambda _args, _options: {}, "get_many")
    has_key = _or(lambda _args, _options: False, "has_key")
    add = _or(lambda _args, _options: True, "add")
    set = _or(lambda _args, _options: None, "set")
    set_many = _or(lambda _args, _options: [], "set_many")
    touch = _or(lambda _args, _options: False, "touch")
    delete = _or(lambda _args, _options: False, "delete")
    delete_many = _or(lambda _args, _options: None, "delete_many")
