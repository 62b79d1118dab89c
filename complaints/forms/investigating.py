"""What investigations, guidance and recommendations of an appeal need."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Office, Post
from complaints.forms.fields import MoveForm, WithFiles, day_in_words, words_field
from complaints.models import Recommendation
from complaints.parties import Standing, out_of_deciding, standing
from complaints.services import investigations, recommendations
from complaints.under_way import MAY_INVESTIGATE


class InvestigateForm(MoveForm):
    """An order and a team: chosen among the officers nearby, or named by their addresses."""

    move, title, service = "investigate", _("Order an investigation"), investigations.investigate
    text = words_field(_("What is to be found out"), rows=6)
    lead = forms.ModelChoiceField(
        label=_("Who leads it"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("The first of the addresses below"),
    )
    team = forms.ModelMultipleChoiceField(
        label=_("Who else is on the team"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(
        label=_("Officers of other offices"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("E-mail addresses with which they sign in, one a line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near: Any = officers_near(standing(self.case, self.actor))
        for name in ("lead", "team"):
            field: Any = self.fields[name]
            field.queryset = near

    def clean_others(self) -> list[User]:
        """The addresses as people, in their order."""
        typed = [part.lower() for part in re.split(r"[\s,;]+", self.cleaned_data["others"]) if part]
        found = User.objects.filter(email__in=typed, is_active=True)
        people = {person.email.lower(): person for person in found}
        unknown = [address for address in typed if address not in people]
        if unknown:
            sentence = _("Nobody signs in with this address: %(addresses)s")
            raise ValidationError(sentence, params={"addresses": ", ".join(unknown)})
        return [people[address] for address in typed]

    def clean(self) -> dict[str, Any]:
        """Somebody has to lead it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["lead"] and not cleaned["others"]:
            self.add_error("lead", _("Choose who leads the investigation."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        values = super().arguments()
        others, lead = values.pop("others"), values["lead"]
        team = [*values["team"], *others]
        return {**values, "lead": lead or others[0], "team": team}


def officers_near(who: Standing) -> QuerySet[User]:
    """Officers of the office that decides, and of the actor's own, who had no part in the matter."""
    if who.under_way is None:
        return User.objects.none()
    offices = {post.office_id for post in who.actor.posts if post.role in MAY_INVESTIGATE}
    appeal = who.under_way.appeal
    if appeal.office_id is not None:
        offices.add(appeal.office_id)
    posts = Post.objects.held_at().filter(office__in=offices, role__in=MAY_INVESTIGATE)
    able = User.objects.filter(pk__in=posts.values("user_id"), is_active=True)
    out = who.barred | out_of_deciding(who.matter, appeal)
    return able.exclude(pk__in=out).order_by("name", "email")


class ReportForm(WithFiles, MoveForm):
    move, title, service = "report", _("Report on the investigation"), investigations.report
    finding = forms.ChoiceField(
        label=_("What was found"),
        choices=list(investigations.FINDINGS.items()),
        widget=forms.RadioSelect,
    )
    text = words_field(
        _("Report"),
        rows=12,
        help_text=_(
            "Whoever decides reads it, and the office once it is decided; the citizen reads what the"
            " decision quotes. With it the investigation is over."
        ),
    )


class EndInvestigationForm(MoveForm):
    move, title = "end_investigation", _("Call the investigation off")
    service = investigations.end_investigation
    reason = words_field(_("Reason"), rows=3)


class GuideForm(MoveForm):
    move, title, service = "guide", _("Write guidance to the office"), recommendations.guide
    text = words_field(
        _("Guidance"),
        rows=6,
        help_text=_("How such matters are to be dealt with. The office and overseers read it."),
    )


class RecommendForm(MoveForm):
    move, title = "recommend", _("Recommend departmental action")
    service = recommendations.recommend
    office = forms.ModelChoiceField(
        label=_("Which office is to act"),
        queryset=Office.objects.none(),
        to_field_name="code",
        empty_label=None,
    )
    text = words_field(
        _("What is recommended, and why"),
        rows=6,
        help_text=_("The office has to say what it did. By this alone nothing counts as solved."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = [office.pk for office in recommendations.may_act(self.case)]
        field: Any = self.fields["office"]
        field.queryset = Office.objects.filter(pk__in=able).order_by("-path")


class FollowForm(MoveForm):
    """What was done about a recommendation; which one is asked only where there are several."""

    move, title = "follow", _("Answer the recommendation")
    service = recommendations.follow
    recommendation = forms.TypedChoiceField(
        label=_("Which recommendation"), coerce=int, required=False, empty_value=None
    )
    followed = forms.ChoiceField(
        label=_("Does the office act?"),
        choices=[
            (Recommendation.Followed.ACTED.value, _("Yes, it acted")),
            (Recommendation.Followed.REFUSED.value, _("No, it does not")),
        ],
        widget=forms.RadioSelect,
    )
    text = words_field(_("What was done, or why not"), rows=5)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = recommendations.theirs_to_follow(standing(self.case, self.actor))
        field: Any = self.fields["recommendation"]
        field.choices = [
            (row.pk, f"{row.office}, {day_in_words(localtime(row.made_at))}") for row in rows
        ]
        if len(rows) < 2 and not self.is_bound:
            field.widget = forms.HiddenInput()
