"""What is asked about those whom a case is about: who it is, a wrong name taken back, a summary."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from agencies.models import Office
from agencies.naming import comparable
from complaints.bars import respondents_of
from complaints.forms.fields import POSTS, MoveForm, OfficeField, words_field
from complaints.selectors.respondents import held_there, respondent_words
from complaints.services import answering, bar_changes, served_summaries
from complaints.submission import Whom

#: So many people are named where one has to be chosen.
NAMED = 8


class LinkRespondentForm(MoveForm):
    """A post; the desk may say which person is meant, who holds a post there or held one."""

    move, title, service = "link_respondent", _("Say whom it is about"), answering.link_respondent
    checks_seen = False
    office = OfficeField(label=_("Office"), widget=forms.TextInput(attrs={"data-office": "1"}))
    role = forms.ChoiceField(label=_("Post"), choices=[])
    person = forms.CharField(
        label=_("Name or e-mail address of the person"),
        required=False,
        max_length=200,
        help_text=_(
            "If a person is meant, whatever post they hold by now. Left empty, the post is meant,"
            " whoever holds it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_desk = self.actor.has(Role.DESK, Role.HEAD, Role.OVERSEER) and not self._is_own()
        post: Any = self.fields["role"]
        # None is chosen unasked: a wrong post bars the wrong people, and not the one it is about.
        post.choices = [("", "–"), *Role.choices] if is_desk else POSTS
        if not is_desk:
            del self.fields["person"]

    def _is_own(self) -> bool:
        is_owner = self.actor.user_id is not None and self.case.owner_id == self.actor.user_id
        return self.actor.case_id == self.case.pk or is_owner

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("person") and not self["role"].data:
            # The person is meant, whatever post they hold.
            self.errors.pop("role", None)
        if given.get("person") and isinstance(given.get("office"), Office):
            given["person"] = self._person(given["office"], given["person"])
        return given

    def _person(self, office: Office, typed: str) -> User | None:
        """The one person meant, among those who hold a post in the office or held one."""
        people = held_there(office)
        wanted = comparable(typed).split()
        fitting = [p for p in people if p.user.email.casefold() == typed.strip().casefold()]
        fitting = fitting or [
            p for p in people if wanted and set(wanted) <= set(comparable(p.user.name).split())
        ]
        if len({p.user.pk for p in fitting}) == 1:
            return fitting[0].user
        named = "; ".join(dict.fromkeys(p.words for p in (fitting or people)[:NAMED]))
        if not people:
            sentence = _("Nobody holds a post in this office, or ever held one.")
        elif fitting:
            sentence = _("Several fit. Write the e-mail address of the one: %(named)s")
        else:
            sentence = _("Nobody of that name is or was in this office. There: %(named)s")
        self.add_error("person", ValidationError(sentence, params={"named": named}))
        return None

    def arguments(self) -> dict[str, Any]:
        office: Office = self.cleaned_data["office"]
        person: User | None = self.cleaned_data.get("person") or None
        if person is not None:
            return {"respondent": Whom(user_id=person.pk)}
        return {"respondent": Whom(office_id=office.pk, role=self.cleaned_data["role"])}


class UnlinkRespondentForm(MoveForm):
    move, title = "unlink_respondent", _("Take back a wrong name")
    service = bar_changes.unlink_respondent
    respondent = forms.TypedChoiceField(
        label=_("Who was named by mistake?"), coerce=int, choices=[], widget=forms.RadioSelect
    )
    reason = words_field(
        _("Reason"),
        rows=3,
        help_text=_("The citizen reads it too: write it without the name of an officer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["respondent"]
        choice.choices = [(r.pk, respondent_words(r)) for r in respondents_of(self.case)]


class ServeForm(MoveForm):
    move, title, service = "serve", _("Serve a summary"), served_summaries.serve
    #: The field whose words a respondent reads.
    for_respondent_field = "text"
    whom = forms.ChoiceField(label=_("On whom is it served?"), choices=[], widget=forms.RadioSelect)
    text = words_field(
        _("Summary"),
        rows=10,
        help_text=_(
            "What they may know: what happened, where and when, what was found. Nothing that tells"
            " who complained. They can appeal."
        ),
    )
    checked = forms.BooleanField(
        label=_("I have read it once more: it does not tell who filed the case, not even in part.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["whom"]
        choice.choices = [
            (f"{row.pk}-{user.pk}", _on_whom(respondent_words(row), user))
            for row, user in served_summaries.servable(self.case)
        ]

    def arguments(self) -> dict[str, Any]:
        values = super().arguments()
        respondent, _dash, user = values.pop("whom").partition("-")
        values.pop("checked")
        return {**values, "respondent": int(respondent), "user": int(user)}


def _on_whom(words: str, user: User) -> str:
    return words if words == str(user) else f"{user} ({words})"


class ThroughSummaryForm(forms.Form):
    """The appeal of somebody on whom a summary was served."""

    grounds = words_field(
        _("Why it is wrong"),
        rows=6,
        help_text=_("Whoever decides reads it. The person who complained does not."),
    )
