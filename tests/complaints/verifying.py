"""Asking whether the record is whole, in one word."""

from io import StringIO

from django.core.management import call_command

from complaints.services.verifying import Verification


def verify(*options: str) -> str:
    out = StringIO()
    call_command("verify_record", *options, stdout=out)
    return out.getvalue()


def codes(number: str = "") -> set[str]:
    """The codes of all faults."""
    return {fault.code for fault in Verification(number=number).faults()}
