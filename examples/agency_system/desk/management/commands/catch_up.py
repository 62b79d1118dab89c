"""`manage.py catch_up [--loop]`: read the feed, bring the tickets up to date, send what waits."""

import logging
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from desk.models import Desk
from desk.portal import Later, Portal, Refused
from desk.receiving import read_feed, work_through
from desk.sending import send_due

log = logging.getLogger("desk")
#: Any number that nothing else in this database locks.
ONE_AT_A_TIME = 4711


class Command(BaseCommand):
    """One run at a time: the order of what is sent depends on it."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--every", type=float, default=10, help="seconds between two looks at the feed"
        )

    def handle(self, *, loop, every, **_options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
            if not cursor.fetchone()[0]:
                raise CommandError("It runs already.")
        portal, feed_at = Portal(), 0.0
        while True:
            is_time = time.monotonic() >= feed_at
            said = self._run(portal, with_feed=is_time)
            if is_time:
                feed_at = time.monotonic() + every
            if not loop:
                self.stdout.write(said)
                return
            # What came by webhook, or was written on our pages, waits no longer than this.
            time.sleep(min(every, 1))

    def _run(self, portal, *, with_feed):
        """Do all that is to be done now; say what was. Nothing that fails here ends the loop."""
        done = []
        try:
            if with_feed:
                done.append(f"{read_feed(portal)} events from the feed")
                Desk.objects.update(answered_at=timezone.now(), away_since=None)
            done.append(f"{work_through(portal)} cases read")
            done.append(f"{send_due(portal)} sent")
        except Later as later:
            Desk.objects.filter(away_since=None).update(away_since=timezone.now())
            done.append(str(later))
        except Refused as refusal:
            log.error("the portal refused: %s", refusal.words)
            done.append(refusal.words)
        return ", ".join(done)
