"""The health pages say what is wrong, and the figures are not for everybody."""

from datetime import timedelta

import pytest
from django.conf import settings as portal_settings
from django.db import OperationalError, connection

from grs import health


@pytest.fixture
def ages(monkeypatch):
    """The ages that the rooms would report."""
    known = {"heartbeat_age": timedelta(seconds=20), "outbox_age": None, "waiting_age": None}
    for name in known:
        monkeypatch.setattr(health, name, lambda name=name: known[name])
    return known


def test_live_asks_nothing_but_the_process(client):
    assert client.get("/healthz/live").json() == {"status": "ok"}


def test_live_tells_its_own_launcher_and_no_other(client, settings):
    settings.INSTANCE_TOKEN = "token-of-this-run"
    mine = client.get("/healthz/live", headers={"X-Instance-Token": "token-of-this-run"})
    other = client.get("/healthz/live", headers={"X-Instance-Token": "another"})
    assert (mine.json()["own"], other.json()["own"]) == (True, False)


def test_without_a_token_of_its_own_nobody_is_its_launcher(client):
    response = client.get("/healthz/live", headers={"X-Instance-Token": ""})
    assert response.json().get("own") is not True


@pytest.mark.django_db
def test_ready_when_all_is_well(client, ages):
    response = client.get("/healthz/ready")
    assert response.status_code == 200, response.json()
    assert set(response.json()["checks"]) == {"database", "broker", "sweep", "outbox", "record"}
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_when_the_broker_is_down(client, ages, settings):
    settings.REDIS_URL = "unix:///nowhere/v.sock?db=0"
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["broker"] == {"ok": False, "detail": "no answer"}
    assert response.json()["checks"]["database"]["ok"] is True


@pytest.mark.django_db
def test_not_ready_when_the_database_is_down(client, ages, monkeypatch):
    def refuse():
        raise OperationalError("could not connect")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["database"]["ok"] is False
    assert "sweep" not in response.json()["checks"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "age", "check"),
    [
        ("heartbeat_age", None, "sweep"),
        ("heartbeat_age", portal_settings.HEALTH_MAX_HEARTBEAT_AGE + timedelta(seconds=1), "sweep"),
        ("outbox_age", portal_settings.HEALTH_MAX_OUTBOX_AGE + timedelta(seconds=1), "outbox"),
        ("waiting_age", portal_settings.HEALTH_MAX_LOG_AGE + timedelta(seconds=1), "record"),
    ],
)
def test_not_ready_when_work_has_stopped(client, ages, name, age, check):
    ages[name] = age
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert [n for n, c in response.json()["checks"].items() if not c["ok"]] == [check]


@pytest.mark.django_db
def test_figures_are_for_this_machine(client):
    response = client.get("/metrics")
    assert response.status_code == 200
    assert b"django_http_requests" in response.content
    assert b"\ngrs_record_waiting_seconds 0\n" in response.content


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_figures_are_not_for_those_behind_a_proxy_on_this_machine(client, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.1", "", "not an address"])
def test_figures_are_not_for_others(client, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "status"), [("Bearer figures", 200), ("Bearer x", 403), ("", 403)]
)
def test_figures_are_for_the_holder_of_the_token(client, settings, given, status):
    settings.METRICS_TOKEN = "figures"
    response = client.get("/metrics", REMOTE_ADDR="10.0.0.1", headers={"Authorization": given})
    assert response.status_code == status


def test_an_empty_token_opens_nothing(client, settings):
    settings.METRICS_TOKEN = ""
    response = client.get("/metrics", REMOTE_ADDR="10.0.0.1", headers={"Authorization": "Bearer "})
    assert response.status_code == 403
