"""`manage.py appoint EMAIL ROLE OFFICE`: the first registrar; all others are theirs to name."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.roles import Role
from agencies.models import Office
from agencies.services import hold_post


class Command(BaseCommand):
    """Gives a post in the system's name; the registry's log shows it like any other."""

    help = (
        "Give somebody a role in an office; makes the account, which chooses a password by e-mail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("office", help="the office's code, as bd-cabinet")
        parser.add_argument("--name", default="", help="of the person, if there is no account yet")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        office = Office.objects.filter(country=settings.COUNTRY, code=options["office"]).first()
        if office is None:
            raise CommandError(f"there is no office {options['office']} in {settings.COUNTRY}")
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            user = User.objects.create_user(options["email"], name=options["name"])
        try:
            with translation.override("en"):
                hold_post(SYSTEM, user=user, role=options["role"], office=office)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.email} is {options['role']} of {office.name_in('en')}")
