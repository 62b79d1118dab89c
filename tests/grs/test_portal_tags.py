"""Badges, tags and addresses made by the template tags."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from grs.templatetags import portal

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)  # Sunday 10:00 in Dhaka
MIDNIGHT = datetime(2026, 11, 22, 18, tzinfo=UTC)


def clock(days=0, **fields):
    """A clock that is due at the midnight that ends the day so many days from today."""
    return {"kind": "resolve", "due_at": MIDNIGHT + timedelta(days=days), "zone": "Asia/Dhaka"} | (
        fields
    )


def render(source, **context):
    return Template("{% load portal %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (clock(-1), "late", "Late"),
        (clock(-3), "late", "Late by 2 days"),
        (clock(0), "today", "Due today"),
        (clock(1), "soon", "1 day left"),
        (clock(2), "soon", "2 days left"),
        (clock(3), "on-time", "3 days left"),
        (clock(-1, missed_at=MIDNIGHT - timedelta(days=1)), "late", "Late"),
        # Missed in a sweep ahead of time.
        (clock(3, missed_at=MIDNIGHT + timedelta(days=3)), "late", "Late"),
        (clock(3, paused_at=NOW, days_left=5), "paused", "Paused, 5 days left"),
        (clock(3, stopped_at=NOW, stopped_how="met"), "met", "Done in time"),
        (clock(-1, missed_at=NOW, stopped_at=NOW, stopped_how="met"), "late", "Done late"),
        (clock(3, stopped_at=NOW, stopped_how="cancelled"), "stopped", "Stopped"),
    ],
)
def test_a_clock_says_how_it_stands(row, code, words):
    with translation.override("en"):
        assert portal.clock_state(row, NOW) == (code, words)


def test_a_clock_is_late_at_its_due_moment_and_not_before():
    just_before = MIDNIGHT - timedelta(microseconds=1)
    assert portal.clock_state(clock(), just_before)[0] == "today"
    assert portal.clock_state(clock(), MIDNIGHT)[0] == "late"


def test_a_badge_has_a_sign_beside_its_colour():
    shown = render("{% due_badge clock %}", clock=clock(-4000))
    assert "app-badge--late" in shown
    assert "<svg" in shown


def test_no_clock_makes_no_badge():
    assert render("{% due_badge clock %}", clock=None) == ""


def test_a_deadline_at_midnight_is_the_end_of_the_day_before():
    with translation.override("en"):
        shown = render("{{ due|local_deadline:'Asia/Dhaka' }}", due=MIDNIGHT)
    assert "by the end of Sun 22 Nov 2026" in shown


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("received", "Received"),
        ("waiting", "We asked you"),
        ("forwarded", "With Water Board"),
        ("in_progress", "With Water Board"),
        ("disputed_owner", "Received"),
        ("appealed", "With Water Board"),
        ("answered", "Answered"),
        ("closed", "Closed"),
    ],
)
def test_a_citizen_reads_five_words(status, words):
    with translation.override("en"):
        assert words in render("{% status_tag status 'Water Board' %}", status=status)


def test_an_officer_reads_the_state_itself():
    with translation.override("en"):
        shown = render("{% status_tag 'disputed_owner' '' 'officer' %}")
    assert "Owner disputed" in shown


def test_an_office_name_is_escaped():
    assert "<b>" not in render("{% status_tag 'forwarded' name %}", name="<b>")


def test_filters_in_the_address_stay_when_the_page_changes():
    request = RequestFactory().get("/office/", {"due": "late", "page": "2"})
    template = "{% with_query page=3 %} {% with_query due=None page=None %}"
    assert render(template, request=request) == "?due=late&amp;page=3 ?"
