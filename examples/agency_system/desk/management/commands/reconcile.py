"""`manage.py reconcile`: compare our open tickets with the portal. Run it each night."""

from django.core.management.base import BaseCommand, CommandError

from desk.portal import Later, Portal, Refused
from desk.receiving import reconcile


class Command(BaseCommand):
    """What differs is brought up to date, and named."""

    help = __doc__

    def handle(self, **_options):
        try:
            differed = reconcile(Portal())
        except (Later, Refused) as error:
            raise CommandError(getattr(error, "words", str(error))) from error
        for number in differed:
            self.stdout.write(f"{number} differed and was read again")
        self.stdout.write(f"{len(differed)} differences")
