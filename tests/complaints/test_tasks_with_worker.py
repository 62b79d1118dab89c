"""Regular work through a real worker; and what happens while there is no broker."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import redis
from celery.schedules import crontab
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.utils import timezone

from channels import relay
from channels.tasks import (
    deliver_notices,
    fetch_mail,
    forget_messages,
    post_publicly,
    take_messages,
)
from complaints.models import Attachment, Clock, FilingKey, Heartbeat, Notice
from complaints.services import intake, notices
from complaints.services.outbox import overseers
from complaints.tasks import (
    erase_loose_files,
    forget_by_retention,
    forget_receipts,
    forget_sessions,
    move_from_barred,
    sweep,
)
from fairplay.tasks import find_clusters, join_clusters, look_for_patterns, set_aside
from grs.celery import app
from oversight.alerts import rules
from oversight.models import Alert, Kept
from oversight.tasks import (
    count_ahead,
    count_piles,
    draw_audits,
    erase_files,
    keep_figures,
    look_for_alerts,
    make_files,
    order_reports,
    tend_issues,
)
from record.models import Waiting
from record.tasks import write_log
from systems.tasks import (
    follow_log,
    forget_deliveries,
    forget_tokens,
    give_back_cases,
    read_cities,
    send_to_cities,
    send_webhooks,
)
from tests.complaints.conftest import Scene
from tests.conftest import eventually
from tests.factories.agencies import RegistryCast


@pytest.fixture
def now_scene(transactional_db: None, cast: RegistryCast) -> Scene:
    """The cast in today's time: a worker has no frozen clock."""
    return Scene(cast)


def test_every_entry_of_the_schedule_names_a_task() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in configured.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(app.tasks)
    assert scheduled == {task.name for task in TASKS}


TASKS = (
    *(sweep, forget_receipts, forget_sessions, erase_loose_files, forget_by_retention),
    *(write_log, move_from_barred),
    *(draw_audits, tend_issues, count_piles, keep_figures),
    *(make_files, erase_files, order_reports, look_for_alerts, count_ahead),
    *(deliver_notices, take_messages, fetch_mail, post_publicly, forget_messages),
    *(find_clusters, join_clusters, look_for_patterns, set_aside),
    *(follow_log, send_webhooks, forget_deliveries, forget_tokens, give_back_cases),
    *(send_to_cities, read_cities),
)


def test_what_waits_longer_than_its_interval_is_dropped() -> None:
    for name, entry in configured.CELERY_BEAT_SCHEDULE.items():
        assert entry["options"]["expires"] < interval(entry["schedule"]), name


def interval(schedule: timedelta | crontab) -> float:
    """Seconds between two runs; of those at certain hours, within these."""
    if isinstance(schedule, timedelta):
        return schedule.total_seconds()
    minutes = sorted(schedule.minute)
    return 60 * min(later - at for at, later in pairwise([*minutes, minutes[0] + 60]))


@pytest.mark.slow
def test_notices_leave_through_the_worker(now_scene: Scene, celery_worker: Any) -> None:
    now_scene.file_named()
    assert Notice.objects.get().status == "pending"
    deliver_notices.delay()
    eventually(lambda: Notice.objects.get().status == "sent")
    assert Notice.objects.get().attempts == 1
    eventually(lambda: Heartbeat.objects.filter(name="notices").exists())


@pytest.mark.slow
def test_two_workers_send_each_notice_once(
    now_scene: Scene, start_celery_worker: Callable[..., Any]
) -> None:
    for _filing in range(12):
        now_scene.file_named()
    start_celery_worker()
    start_celery_worker()
    for _task in range(4):
        deliver_notices.delay()
    eventually(lambda: not Notice.objects.exclude(status="sent").exists())
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.slow
def test_the_other_tasks_do_their_work_through_the_worker(
    now_scene: Scene, celery_worker: Any
) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    FilingKey.objects.create(key_hash="k", body_hash="b", sealed_receipt=b"", expires_at=long_ago)
    loose = {"file": "attachments/none.jpg", "name": "a.jpg", "content_type": "image/jpeg"}
    Attachment.objects.create(**loose, size=1, sha256="0" * 64, uploaded_at=long_ago)
    for task in (sweep, forget_receipts, erase_loose_files):
        task.delay()
    eventually(lambda: Heartbeat.objects.filter(name="sweep").exists())
    eventually(lambda: not FilingKey.objects.exists())
    eventually(lambda: not Attachment.objects.exists())


@pytest.mark.slow
def test_an_alert_is_raised_and_told_once_through_the_worker(
    now_scene: Scene, celery_worker: Any
) -> None:
    """From the cases to the notices: figures are kept, rules looked at, overseers told."""
    actor = now_scene.actor(now_scene.cast.overseer)
    for _case in range(5):
        now_scene.file()
    Clock.objects.filter(stopped_at=None).update(due_at=timezone.now() - timedelta(days=1))
    rules.make(actor=actor, kind="late_share", threshold=50, least=5)
    write_log.delay()
    eventually(lambda: not Waiting.objects.exists())
    keep_figures.delay()
    eventually(lambda: Kept.objects.exclude(backlog_at=None).exists(), seconds=60)
    for _time in range(3):
        look_for_alerts.delay()
    alert = eventually(lambda: Alert.objects.first(), seconds=60)
    assert isinstance(alert, Alert)
    assert alert.found["now"]["late"] == 5
    told = Notice.objects.filter(template="alert_late_country")
    eventually(lambda: told.exists())
    assert Alert.objects.count() == 1
    assert told.count() == len(overseers(configured.COUNTRY))


@pytest.mark.slow
def test_without_a_broker_filing_works_and_notices_leave_later(
    now_scene: Scene, settings: Any, start_celery_worker: Callable[..., Any]
) -> None:
    working = settings.CACHES
    dead = "unix:///tmp/nobody-listens-here.sock?db=0"
    settings.CACHES = {"default": {**working["default"], "LOCATION": dead}}
    with pytest.raises(redis.exceptions.RedisError):
        redis.Redis.from_url(dead).ping()
    receipt = now_scene.file_named()
    assert receipt.number
    assert Notice.objects.get().status == "pending"
    settings.CACHES = working
    start_celery_worker()
    deliver_notices.delay()
    eventually(lambda: Notice.objects.get().status == "sent")


def test_filing_asks_nothing_of_the_broker(now_scene: Scene, broker: Any) -> None:
    now_scene.file_named()
    assert broker.dbsize() == 0


def test_a_crash_between_claim_and_sending_costs_one_repeat(now_scene: Scene) -> None:
    now_scene.file_named()
    assert len(notices.claim_due(10, timezone.now())) == 1
    assert relay.deliver_notices() == 0
    Notice.objects.update(next_at=timezone.now())
    assert relay.deliver_notices() == 1
    assert Notice.objects.get().attempts == 2


def test_a_repeated_filing_leaves_one_notice(now_scene: Scene) -> None:
    from accounts.actors import Actor
    from complaints.submission import ContactDetails, Submission

    contact = ContactDetails(email="rahima@example.org")
    submission = Submission(text="The meter shows nothing.", language="en", contact=contact)
    for _time in range(2):
        intake.submit(actor=Actor(kind="citizen"), submission=submission, key="one")
    assert Notice.objects.filter(contact__isnull=False).count() == 1


# --- manage.py sweep --------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    call_command("sweep", *options)
    return capsys.readouterr().out.splitlines()


def test_sweep_shows_what_would_be_due_and_does_nothing(scene: Scene, capsys: Any) -> None:
    number = scene.file().number
    lines = run(capsys, "--at", "2026-11-26T00:00", "--dry-run")
    assert f"2026-11-25T18:00:00+00:00  {number}  forward level_1" in lines
    assert lines[-1].endswith("steps due")
    assert not Heartbeat.objects.exists()
    assert run(capsys, "--at", "2026-11-26T00:00+06:00", "--dry-run") == lines


def test_sweep_does_what_is_due_at_a_time(scene: Scene, capsys: Any) -> None:
    number = scene.file().number
    lines = run(capsys, "--at", "2026-11-26T00:00")
    assert f"2026-11-25T18:00:00+00:00  {number}  forward level_1" in lines
    assert run(capsys, "--at", "2026-11-26T00:00") == ["0 steps done"]


def test_sweep_now_leaves_a_sign_of_life(scene: Scene, capsys: Any) -> None:
    assert run(capsys) == ["0 steps done"]
    assert Heartbeat.objects.get().name == "sweep"


def test_a_later_time_is_for_demonstrations_alone(scene: Scene, settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    for options in (["--dry-run"], []):
        with pytest.raises(CommandError, match="GRS_DEMO"):
            call_command("sweep", "--at", "2030-01-01T00:00", *options)


def test_a_time_that_is_none_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="not a moment"):
        call_command("sweep", "--at", "tomorrow")


def test_a_case_that_fails_ends_sweep_with_an_error(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = scene.file().number

    def fail(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("complaints.services.escalation._sweep_case", fail)
    with pytest.raises(CommandError, match=f"failed: {number}"):
        call_command("sweep", "--at", "2026-11-26T00:00")
