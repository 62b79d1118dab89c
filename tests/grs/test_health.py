import pytest


@pytest.mark.django_db
def test_live_answers(client):
    assert client.get("/healthz/live").json() == {"status": "ok"}
