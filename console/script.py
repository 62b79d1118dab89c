"""What an operator reads aloud before each answer, in the citizen's language.

The record keeps the language and the version of what was read. Whoever changes a sentence that asks for
consent raises VERSION, so that it stays known what somebody agreed to.
"""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from complaints.errors import Sentence

VERSION = 1

SCRIPT: dict[str, Sentence] = {
    "record": _(
        "I write down what you tell me as a complaint, and it is sent to the office that is"
        " responsible. Do you agree?"
    ),
    "text": _("Please tell me what happened: what, when, and what should be done."),
    "about": _(
        "Is it about what an official did, or about corruption? Then your name is sealed, and nothing"
        " is published."
    ),
    "place": _("Where did it happen?"),
    "kept": _(
        "We keep what you tell me and, if you give them, your name and your number. They are locked"
        " away and used for this complaint alone. You need not say who you are; but then we can’t"
        " reach you, and a lost secret can’t be replaced."
    ),
    "share": _(
        "May the officers who work on it see your name and your number? If not, they have to give a"
        " reason, and you can learn who looked."
    ),
    "publish": _(
        "May the complaint be published without names? It helps others who have the same trouble."
    ),
    "for_whom": _(
        "Is it for yourself, or for somebody else? Do they know of it, and do they agree?"
    ),
}


def spoken(key: str) -> list[tuple[str, str]]:
    """A sentence in each language: the language's code, and the sentence."""
    return [(code, in_language(code, SCRIPT[key])) for code, _name in settings.LANGUAGES]


def script() -> dict[str, list[tuple[str, str]]]:
    """All sentences by the answer that they ask for, each in every language."""
    return {key: spoken(key) for key in SCRIPT}


def in_language(language: str, sentence: Sentence) -> str:
    """A sentence in that language, whatever the page's own is."""
    with translation.override(language):
        return str(sentence)


def code_of(language: str) -> str:
    """What the record keeps: which wording was read out."""
    return f"{language}.{VERSION}"
