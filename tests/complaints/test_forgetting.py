"""What was kept for a visitor's while is erased after it, not only out of reach."""

from datetime import timedelta

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
