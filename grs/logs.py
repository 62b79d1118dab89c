"""JSON log lines with a request id, and without people.

Every line passes `scrub`, whoever wrote it: fields that could hold a contact, a secret or an
address are emptied, and what looks like one inside a sentence is masked.
"""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
# Names of fields that are never written, whatever they hold.
PRIVATE_FIELDS = re.compile(
    r"secret|password|token|cookie|authorization|phone|mobile|e?mail|contact|handle|"
    r"^name$|full_name|address|^ip$|remote_addr|forwarded|body|text$",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[^\s@<>\"'(=]+@[^\s@<>\"')]+\.[^\s@<>\"'.)]+")
IPV4 = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
IPV6 = re.compile(r"\b(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{0,4}\b")
# A phone number or a case's secret: eight digits or more of any script, perhaps in groups.
LONG_NUMBER = re.compile(r"(?!\d{4}-\d\d-\d\d(?!\d))\+?\d(?:[ -]?\d){7,}")
# PostgreSQL repeats the refused row after these words, with its line breaks; what a traceback has
# after it is another error's.
DATABASE_DETAIL = re.compile(
    r"\b(?:DETAIL|CONTEXT|PARAMETERS):.*?(?=\n\n(?:The above exception|During handling)|\Z)",
    re.IGNORECASE | re.DOTALL,
)

EventDict = MutableMapping[str, Any]
KEPT = {"timestamp", "level", "logger", "request_id", "task_id", "task", "ms", "status"}


def masked(value: str) -> str:
    """The text with e-mail addresses, network addresses and long numbers hidden."""
    for pattern in (DATABASE_DETAIL, EMAIL, IPV4, IPV6, LONG_NUMBER):
        value = pattern.sub(HIDDEN, value)
    return value


def scrub(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Empty private fields and mask the rest, in place, at any depth."""
    for key in list(event):
        if key not in KEPT:
            event[key] = _clean(key, event[key])
    return event


def _clean(key: str, value: Any) -> Any:
    if PRIVATE_FIELDS.search(key):
        return HIDDEN
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {inner: _clean(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return masked(str(value))


def _processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]


#: One list for the whole process: loggers keep it, and tests put their own processor into it.
PIPELINE = [*_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def logging_config(level: str, *, plain: bool = False) -> dict[str, Any]:
    """The LOGGING setting; `plain` writes lines for a person at a terminal instead of JSON."""
    structlog.configure(
        processors=PIPELINE,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False)
        if plain
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _processors(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    scrub,
                    renderer,
                ],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            # The request log says each request once; Django's own line adds only the path.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "redbeat": {"level": "WARNING"},
            # These write down what they sign: whom a message goes to, and its words.
            "oauthlib": {"level": "WARNING"},
            "requests_oauthlib": {"level": "WARNING"},
        },
    }
