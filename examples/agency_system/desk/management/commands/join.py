"""`manage.py join`: tell the portal our statuses and where to call us. Safe to repeat."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from desk.models import TABLE, Desk
from desk.portal import Later, Portal, Refused

NEEDED = {"cases:read", "cases:file", "cases:move", "events:read"}


class Command(BaseCommand):
    """Ask who we are, send the table of statuses, set the webhook, and try it."""

    help = __doc__

    def handle(self, **_options):
        portal = Portal()
        try:
            me = portal.get("system/")
            if missing := NEEDED - set(me["scopes"]):
                raise CommandError(f"Ask the registrar for these scopes: {', '.join(missing)}")
            desk = Desk.row()
            desk.name, desk.office = me["name"], me["office"]["code"]
            portal.call("PUT", "system/statuses/", json={"statuses": TABLE})
            wanted = {"url": f"{settings.DESK_URL}/hook/", "new_secret": not desk.hook_secret}
            endpoint = portal.call("PUT", "system/endpoint/", json=wanted)
            desk.hook_secret = endpoint["secret"] or desk.hook_secret
            desk.save()
        except (Later, Refused) as error:
            raise CommandError(getattr(error, "words", str(error))) from error
        self.stdout.write(f"Joined as {desk.name} of {desk.office}.")
        where = "a sandbox" if me["sandbox"] else "a portal for real cases"
        self.stdout.write(f"{settings.PORTAL_URL} is {where}; it calls {endpoint['url']}.")
