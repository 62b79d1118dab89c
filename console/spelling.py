"""The check letter of a number as it is said on the telephone: "K as in Kushtia".

Names of towns where there are well-known ones, else words that are spelt alike everywhere. A table by
language, as a word that begins with the letter in one begins with another in the next.
"""

from django.utils.translation import gettext_lazy as _

from complaints.errors import Sentence

#: By language, a word for each letter of `complaints.tracking.LETTERS`.
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "A": "Alfa",
        "B": "Bravo",
        "C": "Charlie",
        "D": "Delta",
        "E": "Echo",
        "F": "Foxtrot",
        "G": "Golf",
        "H": "Hotel",
        "J": "Juliett",
        "K": "Kilo",
        "L": "Lima",
        "M": "Mike",
        "N": "November",
        "P": "Papa",
        "Q": "Quebec",
        "R": "Romeo",
        "S": "Sierra",
        "T": "Tango",
        "V": "Victor",
        "W": "Whisky",
        "X": "X-ray",
        "Y": "Yankee",
        "Z": "Zulu",
    },
    "bn": {
        "A": "আমেরিকা",
        "B": "বরিশাল",
        "C": "চট্টগ্রাম",
        "D": "ঢাকা",
        "E": "ইউরোপ",
        "F": "ফেনী",
        "G": "গাজীপুর",
        "H": "হবিগঞ্জ",
        "J": "যশোর",
        "K": "কুষ্টিয়া",
        "L": "লক্ষ্মীপুর",
        "M": "ময়মনসিংহ",
        "N": "নারায়ণগঞ্জ",
        "P": "পাবনা",
        "Q": "কাতার",
        "R": "রংপুর",
        "S": "সিলেট",
        "T": "টাঙ্গাইল",
        "V": "ভিসা",
        "W": "ওয়াশিংটন",
        "X": "এক্স-রে",
        "Y": "ইয়েমেন",
        "Z": "জেব্রা",
    },
    "id": {
        "A": "Ambon",
        "B": "Bandung",
        "C": "Cirebon",
        "D": "Demak",
        "E": "Ende",
        "F": "Flores",
        "G": "Garut",
        "H": "Halmahera",
        "J": "Jakarta",
        "K": "Kudus",
        "L": "Lombok",
        "M": "Medan",
        "N": "Nias",
        "P": "Padang",
        "Q": "Qatar",
        "R": "Riau",
        "S": "Solo",
        "T": "Timor",
        "V": "Vila",
        "W": "Wonosobo",
        "X": "Xilofon",
        "Y": "Yogyakarta",
        "Z": "Zebra",
    },
}
AS_IN: Sentence = _("%(letter)s as in %(word)s")


def spelt(letter: str, language: str) -> str:
    """The letter with its word, to be read out; in the language that is active."""
    return str(AS_IN) % {"letter": letter, "word": WORDS[language][letter]}


def groups_of(number: str) -> tuple[list[str], str]:
    """A number's groups of four digits, and its letter."""
    *groups, letter = number.split("-")
    return groups, letter
