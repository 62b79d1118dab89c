"""Nothing about a person gets into a log line, whoever writes it and how."""

import io
import json
import logging
import logging.config

import pytest
import structlog

from grs.logs import HIDDEN, logging_config, masked, scrub


@pytest.mark.parametrize(
    "private",
    [
        "rahima@example.org", "+8801712345678", "01712 345 678", "১২৩৪৫৬৭৮৯০১২৩৪৫৬",
        "1234-5678-1234-5678", "203.0.113.9", "2001:db8:1:2:3:4:5:6",
    ],
)  # fmt: skip
def test_it_is_masked_inside_a_sentence(private):
    assert private not in masked(f"could not send to {private}, trying later")


@pytest.mark.parametrize(
    "harmless", ["took 1234 ms", "2026-11-22", "celery@host ready", "at 10:32:07"]
)
def test_what_is_about_nobody_stays(harmless):
    assert masked(harmless) == harmless


def test_the_database_does_not_repeat_the_refused_row():
    told = "duplicate key\nDETAIL:  Key (handle)=(rahima) already exists."
    assert "rahima" not in masked(told)


def test_nor_the_lines_of_what_somebody_wrote():
    told = (
        "IntegrityError: null value\nDETAIL:  Failing row contains (1, The clerk\n\nof Mirpur asked"
        " Rahima, null).\n\nThe above exception was the direct cause of the following exception:\n"
    )
    hidden = masked(told)
    assert "Mirpur" not in hidden
    assert "The above exception was the direct cause" in hidden


@pytest.mark.parametrize(
    "field", ["phone", "email", "secret", "withdrawal_secret", "name", "ip", "text"]
)
def test_fields_with_telling_names_are_emptied(field):
    assert scrub(None, "info", {"event": "x", field: "Rahima"})[field] == HIDDEN


def test_it_looks_into_lists_and_dictionaries():
    event = scrub(None, "info", {"event": "x", "data": {"rows": ["a@b.org", {"phone": "1"}]}})
    assert event["data"]["rows"] == [HIDDEN, {"phone": HIDDEN}]


def test_what_is_needed_to_follow_a_request_stays():
    event = {"event": "x", "request_id": "12345678123456781234567812345678", "ms": 12, "ok": None}
    assert scrub(None, "info", dict(event)) == event


@pytest.fixture
def written():
    """What is written through the configuration, from either kind of logger."""
    config = logging_config("INFO")
    stream = io.StringIO()
    config["handlers"]["stream"]["stream"] = stream
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logging.config.dictConfig(config)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def test_a_plain_librarys_line_is_json_and_scrubbed_with_its_traceback(written):
    try:
        raise ValueError("no such address: rahima@example.org")
    except ValueError:
        logging.getLogger("library").exception("failed for %s", "01712345678")
    line = json.loads(written.getvalue())
    assert line["level"] == "error"
    assert "ValueError" in line["exception"]
    assert "rahima" not in written.getvalue()
    assert "01712345678" not in written.getvalue()


def test_our_own_line_carries_the_request_id_and_bangla_as_it_is(written):
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("ours").info("গৃহীত", case="KX-1", phone="01712345678")
    line = json.loads(written.getvalue())
    assert line == line | {"event": "গৃহীত", "request_id": "r-1", "case": "KX-1", "phone": HIDDEN}
    assert "গৃহীত" in written.getvalue()
