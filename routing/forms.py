"""What a registrar fills in about rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from routing.conditions import FIELDS
from routing.models import RuleRow, RuleSet
from routing.text import LONGEST

_LINES = {"rows": 3}


class RuleForm(forms.Form):
    """One rule, column by column. What it says is checked by `services.save_rule`."""

    code = forms.CharField(label=_("Name of the rule"), max_length=80, help_text=_(
        "Small letters, digits and dashes. It is shown with each decision."))  # fmt: skip
    words = forms.CharField(label=_("Words to find"), required=False, help_text=_(
        "Alternatives parted by |. A * at the start or end of a word stands for any letters; "
        "several words are a phrase; with & both must be found, anywhere."),
        widget=forms.Textarea(attrs=_LINES))  # fmt: skip
    not_words = forms.CharField(label=_("Not if one of these is found"), required=False,
        widget=forms.Textarea(attrs=_LINES))  # fmt: skip
    category = forms.CharField(label=_("Under the category"), required=False, max_length=300,
        help_text=_("The category's code; several parted by |."))  # fmt: skip
    place = forms.CharField(label=_("Under the place"), required=False, max_length=300,
        help_text=_("The place's code; several parted by |."))  # fmt: skip
    named = forms.CharField(label=_("Agency named"), required=False, max_length=300, help_text=_(
        "1 if the agency that gets the case must be named; or the names to find."))  # fmt: skip
    kind = forms.CharField(label=_("Kind of case"), required=False, max_length=60, help_text=_(
        "complaint, information or suggestion; several parted by |."))  # fmt: skip
    channel = forms.CharField(label=_("Channel"), required=False, max_length=120)
    language = forms.CharField(label=_("Language"), required=False, max_length=60, help_text=_(
        "bn, en or id; several parted by |."))  # fmt: skip
    target = forms.CharField(label=_("Office that gets it"), required=False, max_length=60,
        help_text=_("The office's code."))  # fmt: skip
    target_type = forms.CharField(label=_("Or: type of office that covers the place"),
        required=False, max_length=60, help_text=_("The code of the type."))  # fmt: skip
    strength = forms.CharField(label=_("Strength"), max_length=3, help_text=_(
        "From 0 to 100: of a hundred cases that fit, how many are really this office's?"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}))  # fmt: skip
    note = forms.CharField(label=_("Why"), max_length=300, help_text=_(
        "One sentence. Citizens and officers read it."))  # fmt: skip

    def __init__(self, *args: Any, row: RuleRow | None = None, **kwargs: Any):
        if row:
            kwargs["initial"] = {field: getattr(row, field) for field in FIELDS}
        super().__init__(*args, **kwargs)


class SettingsForm(forms.Form):
    """Threshold and word lists of a rule set."""

    LISTS = ("official_titles", "misconduct_words", "place_stopwords")

    threshold = forms.DecimalField(label=_("Threshold"), min_value=0, max_value=1, decimal_places=2,
        help_text=_("The least confidence (0 to 1) with which a case is sent on without a person "
                    "having looked."))  # fmt: skip
    official_titles = forms.CharField(label=_("Titles of officials"), required=False,
        help_text=_("One a line."), widget=forms.Textarea(attrs={"rows": 8}))  # fmt: skip
    misconduct_words = forms.CharField(label=_("Words of misconduct"), required=False,
        help_text=_("One a line. Beside an official's title they bring a case to the desk."),
        widget=forms.Textarea(attrs={"rows": 8}))  # fmt: skip
    place_stopwords = forms.CharField(label=_("Names of places that are ordinary words"),
        required=False, widget=forms.Textarea(attrs={"rows": 5}), help_text=_(
            "One a line. They count as a place only with a word such as “district” beside them.")
        )  # fmt: skip
    spelling = forms.CharField(label=_("Everyday spelling"), required=False, help_text=_(
        "One a line: everyday = standard."),
        widget=forms.Textarea(attrs={"rows": 10}))  # fmt: skip

    def __init__(self, *args: Any, ruleset: RuleSet, **kwargs: Any):
        given = ruleset.settings
        kwargs["initial"] = {
            "threshold": given.get("threshold", 0.5),
            **{name: "\n".join(given.get(name, [])) for name in self.LISTS},
            "spelling": "\n".join(f"{a} = {b}" for a, b in given.get("spelling", {}).items()),
        }
        super().__init__(*args, **kwargs)

    def clean_spelling(self) -> dict[str, str]:
        """Everyday word → standard one."""
        pairs: dict[str, str] = {}
        for line in self.cleaned_data["spelling"].splitlines():
            everyday, sign, standard = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (everyday and sign and standard):
                raise forms.ValidationError(
                    _("“%(line)s” is not of the form everyday = standard."), params={"line": line}
                )
            pairs[everyday] = standard
        return pairs

    @property
    def changes(self) -> dict[str, Any]:
        """The settings as the rule set keeps them."""
        given = self.cleaned_data
        lists = {
            name: [line.strip() for line in given[name].splitlines() if line.strip()]
            for name in self.LISTS
        }
        return {"threshold": float(given["threshold"]), **lists, "spelling": given["spelling"]}


class TryForm(forms.Form):
    """A text to route, for trying."""

    text = forms.CharField(label=_("What the citizen wrote"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}))  # fmt: skip
    place = forms.CharField(label=_("Place"), required=False, max_length=300, help_text=_(
        "A code, or names from the larger to the smaller, parted by /."))  # fmt: skip
    category = forms.CharField(label=_("Category"), required=False, max_length=60,
        help_text=_("Its code."))  # fmt: skip
