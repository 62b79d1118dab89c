"""Texts to begin an answer with. They come in the citizen's language, and are meant to be changed."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from complaints.errors import Sentence


@dataclass(frozen=True, slots=True)
class AnswerText:
    """A text to begin with: its name for officers, the outcome it goes with, the words."""

    code: str
    outcome: str
    title: Sentence
    words: Sentence


ANSWER_TEXTS = (
    AnswerText(
        "done",
        "resolved",
        _("It was put right"),
        _(
            "Thank you for telling us. We looked into it and put it right on [date]: [what was done]."
            " If the problem is still there, please say so here, and we will look at it again."
        ),
    ),
    AnswerText(
        "partly",
        "partly",
        _("A part is done"),
        _(
            "Thank you for telling us. This is done: [what]. This is still to be done: [what], because"
            " [reason]. It will be done by [date], by [office]."
        ),
    ),
    AnswerText(
        "not_upheld",
        "not_upheld",
        _("No fault was found"),
        _(
            "We looked into your complaint: [what was checked, by whom, when]. We found that [finding]."
            " The rule is [rule]. If you do not agree, you can say so here, and appeal."
        ),
    ),
    AnswerText(
        "advice",
        "advice_only",
        _("How to go on"),
        _(
            "For this, please go to [office] with [papers]. It costs [fee] and takes [days] days."
            " If you are asked for more, tell us."
        ),
    ),
    AnswerText(
        "no_power",
        "no_power",
        _("It is not in our power"),
        _(
            "We cannot decide this, because [reason]. [Office or court] can: [address or telephone]."
            " You can apply there until [date]."
        ),
    ),
)


def answer_text(code: str, language: str) -> dict[str, str]:
    """The beginning of an answer in a language, as a form's initial values; empty if unknown."""
    found = next((text for text in ANSWER_TEXTS if text.code == code), None)
    if found is None:
        return {}
    with translation.override(language):
        return {"outcome": found.outcome, "text": str(found.words)}
