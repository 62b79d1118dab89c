"""What is new in an answer: the letter that it answers is cut off, and what programs sign with.

The lines that programs put above a quoted letter are known to mail-parser-reply; Bangla and Indonesian
ones are added to it here. Closing words and what stands below them stay: a formal letter ends
with its writer's village. Pure.
"""

import re

from mailparser_reply import EmailMessage
from mailparser_reply.constants import MAIL_LANGUAGES, QUOTED_MATCH_INCLUDE

#: Longer lines are no such header. The library's patterns need time by the square of a line's length.
LONGEST_LINE = 250
#: So much of a letter is searched; what stands behind it is kept as it is.
SEARCHED = 100_000
#: A signature has no more lines and characters; a longer rest is no signature.
SIGNATURE_LINES, SIGNATURE_LETTERS = 10, 600

_SCRIPT_YA = "(?:\u09df|\u09af\u09bc)"


def _wrote(start: str, end: str) -> str:
    """A line, or one that was broken in two, with a date in it: `On 22 Nov 2026 somebody wrote:`."""
    return (
        rf"^({QUOTED_MATCH_INCLUDE}{start}(?=[^\n]*[0-9০-৯])[^\n]{{4,{LONGEST_LINE}}}"
        rf"(?:\n[^\n]{{0,{LONGEST_LINE}}})?{end} ?:)$"
    )


def _fields(*names: str) -> str:
    """Two or more lines like `From: …` and `Sent: …`."""
    return (
        rf"((?:(?:^|\n|\n{QUOTED_MATCH_INCLUDE})[* ]*(?:{'|'.join(names)}) ?:[ *]*(?:\s{{,2}}).*)"
        r"{2,}(?:\n.*){,1})"
    )


LANGUAGES = {
    "bn": {
        "wrote_header": _wrote("", "লিখেছেন"),
        "from_header": _fields(
            "প্রেরক", "থেকে", "হতে", "প্রেরিত", f"পাঠানো হ{_SCRIPT_YA}েছে", "তারিখ",
            "প্রাপক", "প্রতি", "বিষ" + _SCRIPT_YA, "Cc",
        ),
    },
    "id": {
        "wrote_header": _wrote(r"(?:Pada|Tanggal)\s", "menulis"),
        "from_header": _fields(
            "Dari", "Dikirim", "Terkirim", "Tanggal", "Kepada", "Untuk", "Ke", "Perihal",
            "Subjek", "Cc",
        ),
    },
}  # fmt: skip
MAIL_LANGUAGES |= LANGUAGES

#: Lines that programs put above what they forward.
_FORWARDED = re.compile(
    r"^(?:-{3,} ?(?:Forwarded message|Pesan (?:terusan|yang diteruskan)|ফর(?:ও|ো)[^\n-]{1,30}) ?-{3,}"
    r"|(?:Begin forwarded message|Mulai pesan yang diteruskan) ?:)",
    re.MULTILINE | re.IGNORECASE,
)
_FORWARDS = re.compile(
    r"^\s*(?:fwd?|fw|trs|terusan|diteruskan|ফর(?:ও|ো)[^:]{1,20}) ?:", re.IGNORECASE
)
_ANSWERS = re.compile(r"^\s*(?:re|bls|balas|aw|উত্তর|প্রত্যুত্তর) ?(?:\[\d+\])? ?:", re.IGNORECASE)
_SIGNED = re.compile(
    r"^(?:--|(?:Sent from|Get) (?:my |Outlook|Yahoo|Mail|Samsung)[^\n]{0,60}"
    r"|(?:Dikirim dari|Dapatkan) (?:[^\n]{0,20}(?:iPhone|iPad|Android|Samsung|Outlook|Yahoo|HP|ponsel))"
    rf"[^\n]{{0,40}}|আমার [^\n]{{1,30}} থেকে পাঠানো(?: হ{_SCRIPT_YA}েছে)?।?) *$",
    re.MULTILINE | re.IGNORECASE,
)
#: What stands between one's own words and the letter below.
_RULE = re.compile(r"\n[_=*-]{5,}(?:[^\n]{1,40}[_=*-]{5,})? *$")
_HIDDEN = "\ue000"


def is_forward(subject: str, text: str) -> bool:
    """Whether a letter passes another one on: then that one is what it is about."""
    return bool(_FORWARDS.match(subject) or _FORWARDED.search(text[:SEARCHED]))


def is_answer(subject: str) -> bool:
    """Whether a subject is that of an answer."""
    return bool(_ANSWERS.match(subject))


def own_words(text: str) -> str:
    """What an answer says without the letter that it answers, whether above, below or between its
    lines; all of it if nothing would be left.
    """
    head, rest = text[:SEARCHED], text[SEARCHED:]
    shown, hidden = _hide_long_lines(head)
    own, goes_on = _unquoted(shown)
    if not own:
        return text
    for name, line in hidden.items():
        own = own.replace(name, line)
    return own + rest if goes_on else own


def _hide_long_lines(text: str) -> tuple[str, dict[str, str]]:
    """The text with a short name in place of each long line, and the lines by their names."""
    hidden: dict[str, str] = {}
    lines = []
    for line in text.replace(_HIDDEN, "").split("\n"):
        plain = re.sub(r"[ \t]+", " ", line).strip()
        if len(plain) > LONGEST_LINE and not plain.startswith(">"):
            name = f"{_HIDDEN}{len(hidden)}{_HIDDEN}"
            hidden[name] = line
            plain = name
        lines.append(plain[: LONGEST_LINE + 1])
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)), hidden


def _unquoted(text: str) -> tuple[str, bool]:
    """One's own words, and whether they go on at the end of the text."""
    own, goes_on = [], True
    for reply in (
        EmailMessage(text=text, languages=["bn", "en", "id"], keep_hyphen_lists=True).read().replies
    ):
        body = reply.full_body
        if reply.headers and not _is_marked(reply.headers, body):
            # Not marked by `>`: all that follows belongs to the old letter.
            goes_on = False
            break
        own.append("\n".join(line for line in body.split("\n") if not line.startswith(">")))
    joined = "\n\n".join(filter(None, (part.strip() for part in own)))
    return _RULE.sub("", f"\n{joined}").strip(), goes_on


def _is_marked(header: str, body: str) -> bool:
    """Whether the quoted letter has its lines marked, so that words between them are new."""
    return header.startswith(">") or body.lstrip().startswith(">")


def without_signature(text: str) -> str:
    """The text without the signature of a program (`-- `, `Sent from my …`)."""
    for found in _SIGNED.finditer(text):
        rest = text[found.start() :]
        if rest.count("\n") <= SIGNATURE_LINES and len(rest) <= SIGNATURE_LETTERS:
            return text[: found.start()].rstrip() or text
    return text
