"""`manage.py lost_second_factor EMAIL`: for an officer who lost the app and all recovery codes."""

from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.proving import open_without_second_factor

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Takes second factor and password from an account; its owner chooses a password by e-mail."""

    help = "Let somebody in again who lost the second step of signing in. Be sure first that it is them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("there is no account with this address")
        if not open_without_second_factor(user):
            raise CommandError("this account is not protected by a second step")
        log.warning("an account lost its second factor", user=user.pk)
        self.stdout.write(
            f"{user.email} is signed out everywhere and chooses a password by e-mail:"
            " /accounts/password/reset/"
        )
