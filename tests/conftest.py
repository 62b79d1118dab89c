"""Fixtures for every room: a clean cache, a real worker, a real browser."""

import gc
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from grs.machine.processes import Child
from tests.databases import migrated
from tests.emptying import empty_the_tables

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none, and say why."""
    if CHROMIUM:
        return
    skip = pytest.mark.skip(reason="Chromium is not installed (apt install chromium)")
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(skip)


def pytest_collection(session: pytest.Session) -> None:
    """Of a whole run, each process begins with a share of the modules, and reads the rest as others left it.

    To make ready for pytest what it reads takes most of the time, and is kept in files. What cannot be read
    is said when its turn comes.
    """
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if count > 1 and session.config.args == session.config.getini("testpaths"):
        number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
        files = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
        for file in files[number * len(files) // count : (number + 1) * len(files) // count]:
            with suppress(Exception, pytest.skip.Exception):
                import_module(".".join(file.with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over all modules and tests: they stay until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_use_migrations: bool,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Let the test database be a copy of one that is migrated already."""
    if django_db_use_migrations:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture(scope="session", autouse=True)
def _only_what_was_written_is_emptied() -> Iterator[None]:
    """Clean up after tests that commit without truncating all tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: empty_the_tables())
        yield


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """No throttle, session or figure of one test reaches the next."""
    yield
    cache.clear()


@pytest.fixture
def broker() -> Iterator["redis.Redis[bytes]"]:
    """This test process's own broker database, empty before and after."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield client
        client.flushdb()


def worker_environment() -> dict[str, str]:
    """An environment in which a program works on the test database of this process."""
    database = connection.settings_dict
    host = quote(str(database["HOST"]), safe="")
    login = f"{quote(database['USER'], safe='')}:{quote(database['PASSWORD'] or '', safe='')}"
    port = f":{database['PORT']}" if database["PORT"] else ""
    query = urlsplit(settings.DATABASE_URL).query
    url = f"postgresql://{login}@{host}{port}/{database['NAME']}" + (f"?{query}" if query else "")
    return os.environ | {"DATABASE_URL": url, "DATABASE_ADMIN_URL": url}


@pytest.fixture
def start_celery_worker(
    transactional_db: None, broker: "redis.Redis[bytes]", tmp_path: Path
) -> Iterator[Callable[..., Child]]:
    """A function that starts a real Celery worker on this test's database and broker.

    It returns when the worker takes tasks. Each call starts one more; all are stopped after the
    test. `Child.process.pid` is the worker's own process, for tests that kill it.
    """
    started: list[Child] = []

    def start(*options: str) -> Child:
        name = f"test-{os.getpid()}-{len(started)}"
        child = Child(
            name,
            [
                *(sys.executable, "-m", "celery", "-A", "grs", "worker", "--concurrency", "1"),
                *("--hostname", f"{name}@here", "--loglevel", "INFO", "--without-gossip"),
                *("--without-mingle", *options),
            ],
            tmp_path / f"{name}.log",
            death_signal=signal.SIGKILL,
            stop_seconds=10,
            env=worker_environment() | {"GRS_LOG_LEVEL": "INFO"},
            cwd=ROOT,
        )
        started.append(child)
        child.start()
        end = time.monotonic() + 30
        while " ready." not in child.last_lines(200):
            if not child.running() or time.monotonic() > end:
                pytest.fail("the worker did not start:\n" + child.last_lines(40))
            time.sleep(0.05)
        return child

    yield start
    for child in started:
        child.stop()


@pytest.fixture
def celery_worker(start_celery_worker: Callable[..., Child]) -> Child:
    """One real Celery worker on this test's database and broker."""
    return start_celery_worker()


def eventually(holds: Callable[[], object], seconds: float = 10) -> object:
    """Ask until the answer is true, and return it; fails after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer:
            return answer
        if time.monotonic() > end:
            pytest.fail(f"still not so after {seconds} s")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def browser():  # type: ignore[no-untyped-def]
    """Chromium, for the whole session; ask for pages with `browser.new_page()`."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; Django would take the test for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser, live_server):  # type: ignore[no-untyped-def]
    """A fresh page at phone width, with the address of the live server as its base."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 360, "height": 740}, locale="bn-BD"
    )
    yield context.new_page()
    context.close()
