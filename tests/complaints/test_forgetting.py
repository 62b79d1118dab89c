"""What was kept for a visitor's while is erased after it, not only out of reach."""

from datetime import timedelta
from typing import Any

from celery import current_app
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from complaints.tasks import forget_sessions


def test_a_session_that_is_over_is_erased_with_the_draft_in_it(db: None, client: Client) -> None:
    client.post("/complaints/new/", {"about": "yes"})
    over = Session.objects.get()
    Client().post("/complaints/new/", {"about": "no"})
    Session.objects.filter(pk=over.pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    forget_sessions()
    assert Session.objects.count() == 1
    assert not Session.objects.filter(pk=over.pk).exists()


def test_every_regular_task_is_there_and_dropped_before_the_next_one(settings: Any) -> None:
    current_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks
        assert entry["options"]["expires"] < entry["schedule"].total_seconds()
