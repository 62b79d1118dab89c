"""What is said in a call, word by word, in the citizen's language; pure but for gettext.

The order matters: first that nothing has to be answered and that nobody asks for a secret, then one
plain question after the other, none of which suggests its answer.
"""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Codes of the answers to each question; what the forms offer and the audit keeps.
YES, NO, PARTLY, UNKNOWN = "yes", "no", "partly", "unknown"


@dataclass(frozen=True, slots=True)
class Script:
    """The words of a call: `greeting` to `close` are read out, `questions` are asked by name."""

    language: str
    greeting: list[str]
    questions: dict[str, str]
    close: list[str]


#: What is asked, by the name of the answer.
QUESTIONS = {
    "solved": gettext_lazy("Is the problem that you complained about solved?"),
    "true": gettext_lazy("The office’s answer is: I read it to you. Is what it says true?"),
    "pressure": gettext_lazy(
        "Has anybody asked you to say that it is solved, or to withdraw your complaint?"
    ),
    "reopen": gettext_lazy("If it is not solved: may we open your complaint again?"),
}
#: Of a withdrawn case there is no answer to be read.
WITHDRAWN_QUESTIONS = {
    "solved": QUESTIONS["solved"],
    "pressure": gettext_lazy("Did you withdraw it of your own will, or did anybody ask you to?"),
    "reopen": QUESTIONS["reopen"],
}


def script_for(language: str, *, name: str, number: str, withdrawn: bool) -> Script:
    """The script of one call. `name` is the citizen's (may be empty)."""
    asked = WITHDRAWN_QUESTIONS if withdrawn else QUESTIONS
    with translation.override(language):
        first = _("Good day. Do I speak to %(name)s?") if name else _("Good day.")
        greeting = [
            first % {"name": name} if name else first,
            _(
                "I am calling from the government’s complaint portal. I do not belong to the office that"
                " had your complaint, and it does not learn what you tell me unless you want it to."
            ),
            _("You once made a complaint with the number %(number)s. It has been closed.")
            % {"number": number},
            _("I have a few short questions. You need not answer any of them."),
            _("I will not ask you for a secret or a code, and nobody of the portal ever will."),
        ]
        close = [
            _(
                "Thank you. What you said is kept with your complaint, apart from the office’s answer."
            ),
            _("On the page of your complaint you can see that we looked up your number."),
        ]
        questions = {code: str(sentence) for code, sentence in asked.items()}
    return Script(language, greeting, questions, close)
