"""The door to one's own case: opened by this session's proof, or the way to the form that asks for it."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actors import Actor
from complaints import proofs
from complaints.models import Case
from complaints.selectors import find_own_case
from complaints.tracking import read_number


def opened_case(request: HttpRequest, number: str) -> tuple[Case, Actor] | None:
    """The case and its citizen, if this session may open it."""
    read = read_number(number) or ""
    return find_own_case(read, partial(proofs.citizen_for, request)) if read else None


def to_the_door(number: str) -> HttpResponse:
    """To the form with the number filled in; the same for a number that there is not."""
    return redirect(f"{reverse('track')}?number={read_number(number) or ''}")
