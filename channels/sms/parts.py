"""In how many parts an SMS goes out, which is what it costs. Pure.

Source: 3GPP TS 23.038. In the GSM alphabet a single SMS holds 160 letters, a part of a longer one
153; the letters of its extension count twice. Any other letter makes the whole message UCS-2: 70
units, 67 a part, and letters outside the basic plane count twice.
"""

from dataclasses import dataclass

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Counted:
    """How a text is sent: `encoding` gsm-7 or ucs-2, its units, and the parts (0 if empty)."""

    encoding: str
    units: int
    parts: int


def count(text: str) -> Counted:
    """The parts that a text takes. No letter of two units is torn between two parts."""
    if all(letter in GSM or letter in GSM_EXTENSION for letter in text):
        widths = [2 if letter in GSM_EXTENSION else 1 for letter in text]
        return Counted("gsm-7", sum(widths), _parts(widths, single=160, part=153))
    widths = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return Counted("ucs-2", sum(widths), _parts(widths, single=70, part=67))


def _parts(widths: list[int], *, single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1 if widths else 0
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
