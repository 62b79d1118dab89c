"""Forms for calendars, days off and deadline policies."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, gettext_lazy

from agencies import services
from agencies.forms.fields import (
    CheckedForm,
    CodeField,
    DayField,
    NamedForm,
    OfficeField,
    first_moment,
)
from agencies.models import Calendar
from agencies.models.policies import Unit
from agencies.policies import Policy
from agencies.services.policies import MOST, units_of

#: ISO weekday → its name. Django counts from Monday 0.
ISO_WEEKDAYS = [(day + 1, name) for day, name in WEEKDAYS.items()]

POLICY_NAMES = {
    "forward": gettext_lazy("To be checked and forwarded"),
    "tell": gettext_lazy("To tell the citizen who has the complaint"),
    "accept": gettext_lazy("To be accepted by the office"),
    "resolve": gettext_lazy("To be answered"),
    "rule": gettext_lazy("To rule on whose complaint it is"),
    "return_forward": gettext_lazy("To forward a returned complaint"),
    "waiting": gettext_lazy("For the citizen to reply"),
    "confirm": gettext_lazy("For the citizen to confirm the answer"),
    "appeal": gettext_lazy("To decide an appeal"),
    "investigation": gettext_lazy("To investigate"),
    "withdrawal": gettext_lazy("Until a withdrawal takes effect"),
    "appeal_window": gettext_lazy("In which an appeal can be made"),
    "hearing_notice": gettext_lazy("Days between the notice of a hearing and the hearing"),
    "separate_window": gettext_lazy("In which a merged complaint can be separated"),
    "max_asks": gettext_lazy("Most questions in a stage"),
    "max_paused": gettext_lazy("Most paused days in a stage"),
    "ladder_reminder": gettext_lazy("Reminder, days before the end"),
    "ladder_1": gettext_lazy("Level 1, days after the end"),
    "ladder_2": gettext_lazy("Level 2, days after the end"),
    "ladder_3": gettext_lazy("Level 3, days after the end"),
    "raw_message_kept": gettext_lazy("Days that raw messages are kept"),
    "unfinished_kept": gettext_lazy("Until a complaint is filed whose questions were not answered"),
    "contact_kept": gettext_lazy("Days that a contact is kept, from closing"),
    "words_kept": gettext_lazy("Days that the words of a case are kept, from closing"),
    "sensitive_words_kept": gettext_lazy(
        "Days that the words of a sensitive case are kept, from closing"
    ),
    "notice_kept": gettext_lazy("Days that it is kept which messages were sent"),
    "handle_kept": gettext_lazy("Days that a sender without a case is known"),
    "account_unused_kept": gettext_lazy("Days that a citizen’s unused account is kept"),
    "officer_account_kept": gettext_lazy(
        "Days that an officer’s account is kept, from the end of the last post"
    ),
    "restriction_kept": gettext_lazy("Days that a restriction is kept, from its end"),
    "messages_per_handle_an_hour": gettext_lazy("Messages from one sender in an hour"),
    "sms_parts_a_day": gettext_lazy("SMS sent in a day, counted in parts"),
    "cases_per_contact_a_day": gettext_lazy("New complaints from one contact in a day"),
    "cases_per_address_an_hour": gettext_lazy("New complaints from one address in an hour"),
    "restriction_longest": gettext_lazy("Longest restriction of a person, in days"),
    "restricted_a_day": gettext_lazy("Filings of a restricted person looked at in a day"),
    "cluster_window": gettext_lazy("Days in which filings are compared with each other"),
    "cluster_least": gettext_lazy("Near-identical filings from which on the desk is shown them"),
    "burst_least": gettext_lazy("Cases of an office in a day from which on a burst is possible"),
    "burst_spread": gettext_lazy("A burst lies so many usual deviations above the usual"),
    "self_filed_least": gettext_lazy("Cases filed by an office’s own people that are a pattern"),
    "quick_least": gettext_lazy("Hasty answers or confirmations of a day that are a pattern"),
    "quick_minutes": gettext_lazy("Minutes within which it is hasty"),
    "audit_share": gettext_lazy("Closed cases asked about again, per cent"),
    "audit_share_withdrawn": gettext_lazy("Withdrawn cases asked about again, per cent"),
    "audit_calls": gettext_lazy("Calls after which nobody was reached"),
    "audit_pause": gettext_lazy("Days between two such calls"),
    "audit_wait": gettext_lazy("Days from the closing to the first such call"),
    "audit_open": gettext_lazy("Days after which such a call is not made any more"),
    "issue_back_percent": gettext_lazy("An issue is back: per cent of the cases before its fix"),
    "issue_again": gettext_lazy("To put right an issue that is back"),
    "feed_kept": gettext_lazy("Days for which the feed of agencies’ systems goes back"),
}
KINDS = [
    ("", gettext_lazy("All")),
    ("complaint", gettext_lazy("Complaints")),
    ("information", gettext_lazy("Information requests")),
    ("suggestion", gettext_lazy("Suggestions")),
]
PRIORITIES = [
    ("", gettext_lazy("All")),
    ("normal", gettext_lazy("Normal")),
    ("urgent", gettext_lazy("Urgent")),
]


class CalendarForm(NamedForm):
    """A calendar; `code` only while it is new."""

    code = CodeField()
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=60)
    weekend = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekend"),
        choices=ISO_WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, calendar: Calendar | None = None, **options: Any) -> None:
        if calendar:
            options["initial"] = {"time_zone": calendar.time_zone, "weekend": calendar.weekend}
        super().__init__(*args, names=calendar.names if calendar else None, **options)
        hint = gettext("Its name in the tz database, such as %(zone)s.")
        self.fields["time_zone"].help_text = hint % {"zone": settings.TIME_ZONE}
        self.calendar = calendar or Calendar(country=settings.COUNTRY)
        if calendar:
            del self.fields["code"]

    def check(self, given: dict[str, Any]) -> None:
        """As the service does."""
        services.check_calendar(given, self.calendar)

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        kept = ("code", "time_zone", "weekend")
        return {
            "names": self.names,
            **{name: self.cleaned_data[name] for name in kept if name in self.cleaned_data},
        }


class HolidayForm(NamedForm):
    """A day off of a calendar."""

    day = DayField(label=gettext_lazy("Day"))

    def __init__(self, *args: Any, calendar: Calendar, **options: Any) -> None:
        super().__init__(*args, **options)
        self.calendar = calendar

    def check(self, given: dict[str, Any]) -> None:
        """As the service does."""
        services.check_holiday(given, self.calendar)


class PolicyForm(CheckedForm):
    """The next version of a number; its name stands in the address of the page."""

    amount = forms.IntegerField(label=gettext_lazy("Amount"), min_value=0, max_value=MOST)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    agency = OfficeField(
        label=gettext_lazy("Only for the agency"),
        help_text=gettext_lazy("Its code, or words of its name. Empty for all."),
        required=False,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Only for"), choices=KINDS, required=False)
    priority = forms.ChoiceField(
        label=gettext_lazy("Only at the priority"), choices=PRIORITIES, required=False
    )
    begins = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy(
            "Empty: from now on. Clocks that run keep the version they were started under."
        ),
        required=False,
    )

    def __init__(self, name: str, in_force: Policy, *args: Any, **options: Any) -> None:
        """`in_force` is the country's number now: what a new version begins from."""
        options.setdefault("initial", {"amount": in_force.amount, "unit": in_force.unit})
        super().__init__(*args, **options)
        self.number = name
        units = [(unit.value, unit.label) for unit in units_of(name)]
        self.fields["unit"].choices = units  # type: ignore[attr-defined]

    def given(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The values as the service calls them."""
        return {**cleaned, "valid_from": first_moment(cleaned.get("begins"))}

    def check(self, given: dict[str, Any]) -> None:
        """As the service does."""
        services.check_policy(self.number, given, country=settings.COUNTRY)


def unit_label(unit: str) -> str:
    """A unit in the reader's words."""
    return str(Unit(unit).label)
