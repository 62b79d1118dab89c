"""The Celery application: configured from Django's settings, tasks found in each room.

The request id of the page that asked for a task goes with it, so that the log lines of both
can be read together.
"""

import os
from typing import Any

import structlog
from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grs.settings")

app = Celery("grs")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Stop Celery from replacing the logging of grs.settings.LOGGING."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@before_task_publish.connect
def send_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Put the current request id into the task's headers."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if headers is not None and request_id:
        headers["request_id"] = request_id


@task_prerun.connect
def bind_task(task: Any = None, task_id: str = "", **_: Any) -> None:
    """Bind the task's name, id and request id to all log lines of this task."""
    structlog.contextvars.clear_contextvars()
    request_id = getattr(getattr(task, "request", None), "request_id", None)
    structlog.contextvars.bind_contextvars(
        request_id=request_id or task_id, task=getattr(task, "name", ""), task_id=task_id
    )


@task_postrun.connect
def forget_task(**_: Any) -> None:
    """Unbind, so that nothing leaks into the next task of this process."""
    structlog.contextvars.clear_contextvars()
