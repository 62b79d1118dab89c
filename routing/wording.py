"""What is said to a registrar about a mistaken rule, and to anyone about a decision."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from routing.conditions import Mistake

#: Mistake (`routing.conditions.PROBLEMS`) → a sentence.
MISTAKES = {
    "missing": gettext_lazy("Fill this in."),
    "unknown_field": gettext_lazy("A rule can't look at this."),
    "bad_code": gettext_lazy("“{value}” may hold only small letters, digits, dots and dashes."),
    "taken": gettext_lazy("Another rule of this set is called “{value}”."),
    "empty_alternative": gettext_lazy("There is nothing between two | or at an end."),
    "empty_part": gettext_lazy("There is nothing on one side of & in “{value}”."),
    "no_letters": gettext_lazy("“{value}” has no letters or digits to look for."),
    "star_alone": gettext_lazy("A * needs a word beside it in “{value}”."),
    "star_inside": gettext_lazy("A * may stand only at the start or end of a word: “{value}”."),
    "short_stem": gettext_lazy("“{value}” is too short for a *: it would match nearly any text."),
    "long_phrase": gettext_lazy("“{value}” is too long. Look for a few words of it."),
    "word_excluded": gettext_lazy("“{value}” is looked for and excluded: it would never fire."),
    "bad_strength": gettext_lazy("“{value}” is not a whole number from 0 to 100."),
    "two_targets": gettext_lazy("Choose an office or a type of office, not both."),
    "no_target": gettext_lazy("Say which office, or which type of office, gets the case."),
    "no_condition": gettext_lazy("Give at least one condition, or it would fire for every case."),
    "bad_kind": gettext_lazy("“{value}” is not a kind of case."),
    "bad_value": gettext_lazy("“{value}” is not a name that can stand here."),
    "no_such_office": gettext_lazy("There is no office “{value}”."),
    "no_such_type": gettext_lazy("There is no type of office “{value}”."),
    "type_without_area": gettext_lazy("No office of the type “{value}” covers a place."),
    "no_such_category": gettext_lazy("There is no category “{value}”."),
    "no_such_place": gettext_lazy("There is no place “{value}”."),
}

#: Why a case went to the desk → a sentence.
DESK = {
    "below_threshold": gettext_lazy("The rules are not sure enough."),
    "no_rule": gettext_lazy("No rule fits."),
    "place_needed": gettext_lazy("The place has to be known first."),
    "misconduct": gettext_lazy("An official stands beside a word of misconduct."),
    "sensitive": gettext_lazy("It is about an official or corruption."),
    "rule_error": gettext_lazy("A rule has a mistake."),
}
#: Why `routing.misconduct` stopped a case; kept in English with the decision, as it is pure.
NOTES = (gettext_noop("An official stands beside a word of misconduct: a person decides."),)


def say(mistake: Mistake) -> str:
    """A mistake as a sentence in the reader's language."""
    return str(MISTAKES[mistake.problem]).format(value=mistake.value)


def why_desk(because: str) -> str:
    """Why the desk has it, in the reader's language; "" if it was sent."""
    return str(DESK.get(because, _("A person has to decide."))) if because else ""
