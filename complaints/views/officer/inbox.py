"""The officers' inbox: what is due, the list, and giving several cases to somebody at once."""

from functools import cache, partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Actor
from accounts.models import User
from accounts.prepared import prepared
from agencies.models import Post
from complaints.errors import Refused
from complaints.in_hands import hands_of
from complaints.models import Case
from complaints.models.case import Status
from complaints.selectors import inbox_counts, inbox_rows, row_clocks, visible_to
from complaints.selectors.access import SEE_ALL, newest_step, reach_of
from complaints.services import casework
from complaints.services.notice_words import in_digits_of
from complaints.views.officer.access import IN_OFFICE, LEADERS, READERS, officers
from complaints.views.officer.filters import InboxForm, counts_of
from complaints.views.officer.paging import PAGE_SIZE, page_of

#: In an address, where a case's number comes.
PLACE = "place-of-the-number"


class GiveForm(forms.Form):
    """To whom the marked cases are given."""

    officer = forms.TypedChoiceField(label=gettext_lazy("Give to"), coerce=int)

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        self.staff = {user.pk: user for user in staff_of(actor)}
        field: Any = self.fields["officer"]
        field.choices = [(pk, str(user)) for pk, user in self.staff.items()]


def staff_of(actor: Actor) -> list[User]:
    """Those who work on cases in the offices that the actor leads."""
    led = [post.office_id for post in actor.posts if post.role in LEADERS]
    return _staff(offices=led, now=timezone.now())


@prepared
def _staff(*, offices: Any, now: Any) -> QuerySet[User]:
    posts = Post.objects.held_at(now).filter(office_id__among=offices, role__in=IN_OFFICE)
    staff = User.objects.filter(pk__in=posts.values("user_id"), is_active=True)
    return staff.order_by("name", "email")


@require_safe
@officers(*READERS)
def inbox(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open cases at hand, most urgent first; all cases for those who see all."""
    filters = InboxForm(request.GET, actor=actor)
    which, reach = filters.chosen(), reach_of(actor)
    page = page_of(request, partial(inbox_rows, actor, which, reach))
    clocks = row_clocks(page.rows)
    sees_all = actor.has(*SEE_ALL)
    leads = actor.has(*LEADERS)
    context = {
        "filters": filters,
        "filtered": filters.is_used,
        "page": page,
        "rows": [{"case": row_of(case), "clock": clocks.get(case.pk)} for case in page.rows],
        "counts": _counts(request, actor, inbox_counts(actor, reach)),
        "sees_all": sees_all,
        "give": GiveForm(actor=actor) if leads and _any_to_give(page.rows) else None,
    }
    return render(request, "complaints/office_inbox.html", context)


def _any_to_give(cases: list[Case]) -> bool:
    return any(case.status in (Status.FORWARDED, Status.IN_PROGRESS) for case in cases)


def row_of(case: Case) -> dict[str, Any]:
    """A case as a list shows it (see `_inbox_table.html`)."""
    hands = hands_of(case)
    return {
        "id": case.number,
        "number": case.number,
        "text": case.text[:400],
        "language": case.language,
        "status": case.status,
        "agency": hands.name,
        "assigned": None if hands.decides else case.assigned,
        "place": case.place or case.place_note,
        "category": case.category,
        "filed_at": case.filed_at,
        "sensitive": case.sensitive,
        "url": _page_of_a_case(get_script_prefix()).replace(PLACE, case.number),
    }


@cache
def _page_of_a_case(_home: str) -> str:
    """The address of an officer's page of a case, with a place for its number: a list has fifty."""
    return reverse("office-case", args=[PLACE])


def _counts(request: HttpRequest, actor: Actor, number: dict[str, int]) -> list[dict[str, Any]]:
    entries: list[Any] = [
        (_("Open"), number["open"], "", {}),
        (_("Late"), number["late"], "late", {"due": "late"}),
        (_("Due today"), number["today"], "today", {"due": "today"}),
        (_("Due this week"), number["week"], "soon", {"due": "week"}),
        (_("Waiting for the citizen"), number["waiting"], "", {"status": Status.WAITING.value}),
    ]
    if actor.has(*SEE_ALL):
        disputed, appealed = Status.DISPUTED_OWNER.value, Status.APPEALED.value
        entries += [
            (_("Owner disputed"), number["disputed"], "", {"status": disputed}),
            (_("Appealed"), number["appealed"], "", {"status": appealed}),
        ]
    elif actor.has(*LEADERS):
        entries.append((_("Mine"), number["mine"], "", {"mine": "on"}))
    return counts_of(request, entries)


@require_POST
@officers(*LEADERS)
def give(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the marked cases to one officer: each by the move that its state allows.

    Says of each case that could not be given why not; the others are given all the same.
    """
    form, numbers = GiveForm(request.POST, actor=actor), request.POST.getlist("case")[:PAGE_SIZE]
    if not numbers:
        messages.warning(request, _("Mark the cases first."))
        return redirect("office")
    if not form.is_valid():
        messages.warning(request, _("Choose an officer of your office."))
        return redirect("office")
    officer = form.staff[form.cleaned_data["officer"]]
    given, failed = _give_each(actor, officer, numbers)
    if given:
        words = ngettext(
            "%(number)s case was given to %(officer)s.",
            "%(number)s cases were given to %(officer)s.",
            len(given),
        )
        number = in_digits_of(str(len(given)), get_language() or "")
        messages.success(request, words % {"number": number, "officer": officer})
    if not failed:
        return redirect("office")
    context = {"failed": failed, "officer": officer, "given": given}
    return render(request, "complaints/office_given.html", context)


def _give_each(
    actor: Actor, officer: User, numbers: list[str]
) -> tuple[list[str], list[dict[str, Any]]]:
    given, failed = [], list[dict[str, Any]]()
    for case in visible_to(actor).filter(number__in=numbers).order_by("next_due", "id"):
        move = casework.accept if case.status == Status.FORWARDED else casework.assign
        try:
            move(
                actor=actor, number=case.number, case_officer=officer, seen=newest_step(case, actor)
            )
            given.append(case.number)
        except Refused as error:
            why = [str(words) for found in error.fields.values() for words in found]
            failed.append({"number": case.number, "why": " ".join(why) or error.sentence})
    known = {*given, *(row["number"] for row in failed)}
    unknown = _("There is no such case.")
    failed += [{"number": n[:20], "why": unknown} for n in numbers if n not in known]
    return given, failed
