"""While the cache is down the portal goes on as if nothing were in it."""

import pytest
from django.core.cache import cache
from redis.exceptions import RedisError

from grs.cache import ForgivingRedisCache


@pytest.fixture
def away():
    """A cache whose server can't be reached."""
    return ForgivingRedisCache("unix:///nowhere/v.sock?db=0", {})


def test_reading_is_a_miss(away):
    assert away.get("key") is None
    assert away.get("key", "other") == "other"
    assert away.get("key", default="other") == "other"
    assert away.get_many(["key"]) == {}
    assert "key" not in away


def test_writing_keeps_nothing_and_says_nothing(away):
    away.set("key", 1)
    assert away.add("key", 1) is True
    assert away.set_many({"key": 1}) == []
    assert away.touch("key") is False
    assert away.delete("key") is False
    away.delete_many(["key"])


def test_counting_has_no_honest_answer(away):
    with pytest.raises(RedisError):
        away.incr("key")
    with pytest.raises(RedisError):
        away.count("key", 60)


def test_a_counter_begins_at_one_and_ends_by_itself():
    counters = cache._connections[cache._alias]
    cache.delete_many(["counted", "other"])
    assert [counters.count("counted", 60) for _ in range(3)] == [1, 2, 3]
    assert counters.count("other", 60) == 1
    assert cache.get("counted") == 3
    left = counters._cache.get_client().ttl(counters.make_key("counted"))
    assert 0 < left <= 60, "it is not made longer by counting"


def test_a_counter_that_ended_begins_anew():
    counters = cache._connections[cache._alias]
    cache.set("ended", 7, timeout=60)
    assert counters.count("ended", 60) == 8
    cache.delete("ended")
    assert counters.count("ended", 60) == 1


def test_when_it_is_there_it_is_a_cache():
    assert isinstance(cache._connections[cache._alias], ForgivingRedisCache)
    cache.set("key", {"a": 1})
    assert cache.get("key") == {"a": 1}
    assert cache.add("key", 2) is False
    cache.set("n", 1)
    assert cache.incr("n") == 2
