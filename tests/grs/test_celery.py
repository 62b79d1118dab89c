"""Background work: a real worker on the real broker, and a page that does not wait for one."""

import os
import time

import pytest
import structlog
from celery.app.control import Control
from kombu.exceptions import OperationalError

from grs.celery import app, bind_task, forget_task, send_request_id
from tests.conftest import eventually


@pytest.mark.slow
def test_a_worker_answers_on_this_tests_own_broker(celery_worker):
    answers = eventually(lambda: Control(app).ping(timeout=1))
    assert [name for answer in answers for name in answer] == [f"{celery_worker.name}@here"]


@pytest.mark.slow
def test_a_worker_is_gone_when_its_parent_says_so(celery_worker):
    pid = celery_worker.process.pid
    celery_worker.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_asking_for_a_task_while_the_broker_is_down_fails_at_once():
    started = time.monotonic()
    with (
        app.connection_for_write("redis+socket:///nowhere/v.sock") as connection,
        pytest.raises(OperationalError),
    ):
        app.send_task("complaints.tasks.sweep", connection=connection)
    assert time.monotonic() - started < 5


def test_the_request_id_goes_with_the_task_and_is_forgotten_after_it():
    headers = {}
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        send_request_id(headers=headers)
    assert headers == {"request_id": "r-1"}
    task = type("Task", (), {"name": "sweep", "request": type("R", (), headers)()})()
    bind_task(task=task, task_id="t-1")
    bound = structlog.contextvars.get_contextvars()
    assert bound == {"request_id": "r-1", "task": "sweep", "task_id": "t-1"}
    forget_task()
    assert structlog.contextvars.get_contextvars() == {}


def test_tasks_are_given_back_when_a_worker_dies():
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1


def test_no_task_may_run_longer_than_its_message_stays_hidden():
    visible_again = app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_time_limit < visible_again
