"""`manage.py sandbox_system [OFFICE]`: a system that has joined a sandbox, ready to be used."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import SYSTEM
from agencies.models import Office
from agencies.selectors import office_by_code
from complaints import demo
from systems.client_secrets import BEGINNING, hashed
from systems.models import System
from systems.models.system import STANDING
from systems.scopes import Scope
from systems.services import joining

NAME = "Sandbox"


class Command(BaseCommand):
    """Let one join, unless it has, and print its id, its secret and the addresses."""

    help = "Make an agency's system to try things with, and print its secret (only GRS_SANDBOX=1)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("office", nargs="?", help="its code; usually the demonstration’s own")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("Only in a sandbox a secret is printed (GRS_SANDBOX=1).")
        code = options["office"] or _usual()
        office = office_by_code(settings.COUNTRY, code)
        if office is None:
            raise CommandError(f"No office has the code {code}.")
        system, secret = _system(office), _secret_of(office)
        shown = secret if system.client_secret == hashed(secret) else "(changed by a registrar)"
        url = settings.PUBLIC_URL
        for name, value in (
            ("system of", f"{office.code} ({office.name_in('en')})"),
            ("client id", system.client_id),
            ("client secret", shown),
            ("tokens", f"POST {url}/oauth/token/"),
            ("who am I", f"GET  {url}/api/v1/system/"),
            ("play", f"POST {url}/api/v1/sandbox/play/"),
        ):
            self.stdout.write(f"  {name:<14} {value}")


def _usual() -> str:
    """The code of the demonstration's agency."""
    data = Path(demo.__file__).parent / f"{settings.COUNTRY}.json"
    return str(json.loads(data.read_text("utf-8"))["shown"])


def _system(office: Office) -> System:
    """The one that is there, or a new one whose secret can be worked out again."""
    found = System.objects.filter(STANDING, office=office, name=NAME).first()
    if found is not None:
        return found
    made = joining.join(SYSTEM, name=NAME, office=office, scopes=Scope.values).system
    made.client_secret = hashed(_secret_of(office))
    made.save(update_fields=["client_secret"])
    return made


def _secret_of(office: Office) -> str:
    """A secret of this installation alone, which needs to be kept nowhere to be printed again."""
    what = f"sandbox:{office.code}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), what, hashlib.sha256)
    return BEGINNING + digest.hexdigest()
