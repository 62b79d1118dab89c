"""An office's page of what its system's own statuses mean, with a rehearsal; without a script."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.roles import Role
from agencies import snapshot
from agencies.selectors import actor_for
from complaints.errors import Invalid
from complaints.forms import MOVE_FORMS
from complaints.models.case import AnsweredWith, Status
from complaints.services.answering import Cause
from complaints.views.officer.access import officers
from systems.inward import statuses
from systems.inward.meaning import LONGEST, MAPPED, MOST, NOT_FILLED, Row
from systems.inward.statuses import AT_ONCE, Would, last_sent, rehearse, set_table, table_of
from systems.models import System
from systems.models.system import STANDING

LEADERS = (Role.FOCAL, Role.HEAD)
#: Empty rows at the end of the table, for more.
MORE = 3
LARGEST_ID = 2**63 - 1


class RowForm(forms.Form):
    """A row of the table; one without a status is left out."""

    use_required_attribute = False
    mark_optional = False
    status = forms.CharField(label=gettext_lazy("Your status"), required=False, max_length=LONGEST)
    move = forms.ChoiceField(label=gettext_lazy("What it does here"), required=False)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome, of an answer"),
        required=False,
        choices=[("", "–"), *AnsweredWith.choices],
    )
    cause = forms.ChoiceField(
        label=gettext_lazy("Cause, of an answer"),
        required=False,
        choices=[("", "–"), *Cause.choices],
    )
    office = forms.CharField(
        label=gettext_lazy("Code of the office below, to pass down"), required=False, max_length=60
    )

    def __init__(self, *args: Any, has_below: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        move: Any = self.fields["move"]
        # What the table says already, or was sent, is shown as it is, with what is wrong with it.
        offered = [m for m in MAPPED if m != "pass_down" or has_below or self["move"].value() == m]
        named = [(name, MOVE_FORMS[name].title) for name in offered]
        move.choices = [("", _("Nothing: it is only kept")), *named]
        if "pass_down" not in offered:
            del self.fields["office"]

    def row(self) -> Row:
        """What was typed, as a row of the table."""
        given = self.cleaned_data
        fill = {name: given[name] for name in NOT_FILLED if given.get(name)}
        return Row(given["status"], given["move"], fill)


RowFormSet = forms.formset_factory(RowForm, extra=MORE, max_num=MOST + MORE, absolute_max=MOST + 20)


class RehearsalForm(forms.Form):
    """Statuses to try, a line each; none: the last that came."""

    mark_optional = False
    lines = forms.CharField(
        label=gettext_lazy("Case numbers and statuses"),
        required=False,
        max_length=AT_ONCE * 140,
        help_text=gettext_lazy(
            "One case a line: its number here, a semicolon, your status. Leave it empty to try the last"
            " statuses that your system sent."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )

    def clean_lines(self) -> list[tuple[str, str]]:
        """Number and status of each line. Raises ValidationError for a line without a semicolon."""
        lines = [line.strip() for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        if len(lines) > AT_ONCE:
            raise ValidationError(
                _("At most %(most)s lines can be tried at once."), params={"most": AT_ONCE}
            )
        pairs = [line.partition(";") for line in lines]
        wrong = next((at for at, (_n, mark, status) in enumerate(pairs, 1) if not status), None)
        if wrong is not None:
            sentence = _("Line %(line)s: write the number, a semicolon, and the status.")
            raise ValidationError(sentence, params={"line": wrong})
        return [(number.strip(), status.strip()) for number, _mark, status in pairs]


@require_http_methods(["GET", "HEAD", "POST"])
@officers(*LEADERS)
def table(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The table: kept anew, or tried (`do`), by whoever leads the system's office or one above it."""
    system = _system_to_change(actor, pk)
    has_below = snapshot.current(settings.COUNTRY).has_below(system.office_id)
    of_rows: dict[str, Any] = {"form_kwargs": {"has_below": has_below}}
    rows = RowFormSet(initial=_typed(table_of(system)), **of_rows)
    trial, would = RehearsalForm(), None
    status = 200
    if request.method == "POST" and request.POST.get("do") == "try":
        trial = RehearsalForm(request.POST)
        if trial.is_valid():
            would = _tried(actor, system, trial.cleaned_data["lines"])
        status = 200 if trial.is_valid() else 422
    elif request.method == "POST":
        rows = RowFormSet(request.POST, **of_rows)
        if _kept(actor, system, rows):
            messages.success(request, _("The table is kept. It counts from the next status on."))
            return redirect("office-system-statuses", pk)
        status = 422
    context = {
        "system": system,
        "rows": rows,
        "mistakes": _mistakes(rows) if rows.is_bound else [],
        "form": trial,
        "tried": [_shown(one) for one in would] if would is not None else None,
        "longest": LONGEST,
    }
    return render(request, "systems/office_statuses.html", context, status=status)


def _system_to_change(actor: Actor, pk: int) -> System:
    """A system in use, of an office that the actor leads or one below it. Raises Http404."""
    found = System.objects.filter(STANDING, pk=min(pk, LARGEST_ID))
    system = found.select_related("office__agency", "user").first()
    led = [post.office_path for post in actor.posts if post.role in LEADERS]
    if system is None or not any(system.office.path.startswith(path) for path in led):
        raise Http404
    return system


def _typed(rows: Iterable[Row]) -> list[dict[str, str]]:
    return [{"status": row.theirs, "move": row.move, **row.fill} for row in rows]


def _kept(actor: Actor, system: System, rows: Any) -> bool:
    """Keep the table that was sent; what is wrong with it is put to its row."""
    if not rows.is_valid():
        return False
    # Emptied rows are taken out; of those left it is kept in mind where they stood.
    filled = [form for form in rows.forms if form.cleaned_data.get("status", "").strip()]
    try:
        set_table(actor=actor, system=system, rows=[form.row() for form in filled])
    except statuses.BadTable as refusal:
        for at, wrong in refusal.by_row.items():
            for name, sentences in wrong.items():
                for sentence in sentences:
                    filled[at].add_error(name, str(sentence))
        return False
    except Invalid:
        rows._non_form_errors.append(str(Invalid.sentence))
        return False
    return True


def _mistakes(rows: Any) -> list[dict[str, str]]:
    """Each mistake, linked to the field that it stands at, for the list at the top of the page."""
    found = [{"text": str(error), "href": "#statuses"} for error in rows.non_form_errors()]
    for form in rows.forms:
        for name, errors in form.errors.items():
            href = f"#{form[name].id_for_label}"
            found += [{"text": str(error), "href": href} for error in errors]
    return found


def _tried(actor: Actor, system: System, lines: list[tuple[str, str]]) -> list[Would]:
    """What each would do, as the system; of cases that are not for who looks on, nothing."""
    account: Any = system.user
    return rehearse(
        actor=actor_for(account, channel="api"),
        system=system,
        sent=lines or last_sent(system, actor),
        seen_by=actor,
    )


def _shown(would: Would) -> dict[str, Any]:
    move = MOVE_FORMS[would.move].title if would.move else ""
    return {
        "would": would,
        "move": move,
        "to": Status(would.to).label if would.to else "",
        "needs": [WORDS_OF_NEEDS.get(name, name) for name in would.needs],
    }


#: What has to come with a status, in words.
WORDS_OF_NEEDS = {
    "text": gettext_lazy("the words"),
    "evidence": gettext_lazy("what shows it (words or a file)"),
    "outcome": gettext_lazy("the outcome"),
    "cause": gettext_lazy("the cause"),
    "office": gettext_lazy("the office"),
}
