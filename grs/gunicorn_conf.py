"""How gunicorn serves the portal; `-c python:grs.gunicorn_conf`."""

import gc
import logging
import os
from pathlib import Path
from typing import Any

if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)

from gunicorn.glogging import Logger
from prometheus_client import multiprocess

from grs.logs import masked


class WithoutCallers(logging.Formatter):
    """gunicorn's lines; where something went wrong they name the caller's address, or the page."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        if record.levelno >= logging.WARNING:
            record.message = masked(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        return masked(super().formatException(ei))


class DiscreetLogger(Logger):
    """gunicorn's own log, without the addresses of callers."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(WithoutCallers(self.error_fmt, self.datefmt))


logger_class = DiscreetLogger
bind = os.environ.get("GRS_BIND", "0.0.0.0:8000")
workers = int(os.environ.get("GRS_WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("GRS_WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
accesslog = None  # the request log of grs/middleware.py says it without addresses and paths
forwarded_allow_ips = os.environ.get("GRS_PROXY_ADDRESSES", "127.0.0.1")
control_socket_disable = True
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"


def post_worker_init(worker: Any) -> None:
    """Make the rules ready before the first citizen asks: for 90,000 places it takes seconds."""
    from django.conf import settings
    from django.db import connection

    from routing.services import current

    try:
        current(settings.COUNTRY)
    except Exception:  # the database may come later; then the first question pays
        worker.log.exception("the rules could not be made ready")
    finally:
        connection.close()
    settle()


def settle() -> None:
    """What is there before the first request stays there: no collection of garbage walks over it again.

    That took a fifth of a second of every tenth request that makes many objects.
    """
    gc.collect()
    gc.freeze()


def child_exit(_server: Any, worker: Any) -> None:
    """Take a stopped worker's gauges out of the figures."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.mark_process_dead(worker.pid)
