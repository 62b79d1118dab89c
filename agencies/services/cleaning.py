"""What a registrar typed, as it is kept; ValidationError by field where it can't be."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.naming import normalise

CODE = re.compile(r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$")
LONGEST_CODE, LONGEST_NAME, LONGEST_ALIAS = 60, 300, 120


def clean_code(code: str, longest: int = LONGEST_CODE) -> str:
    """A code in small Latin letters, digits, dashes and dots."""
    code = normalise(code)
    # "new" is the address of the form for a new row.
    if not CODE.match(code) or len(code) > longest or code == "new":
        raise ValidationError(
            {
                "code": _(
                    "Use a–z, 0–9, dashes and dots, no more than %(count)s characters. "
                    "Example: %(example)s"
                )
                % {"count": longest, "example": "electricity-billing"}
            }
        )
    return code


def clean_names(names: Mapping[str, str]) -> dict[str, str]:
    """Names by language in NFC, the empty ones left out; one at least."""
    cleaned = {language: normalise(name) for language, name in names.items()}
    cleaned = {language: name for language, name in cleaned.items() if name}
    if not cleaned:
        raise ValidationError({"names": _("Enter the name in one language at least.")})
    if any(len(name) > LONGEST_NAME for name in cleaned.values()):
        raise ValidationError(
            {"names": _("A name can be %(count)s letters long.") % {"count": LONGEST_NAME}}
        )
    return cleaned


def clean_aliases(aliases: Iterable[str]) -> list[str]:
    """Other names in NFC and lower case, each once."""
    cleaned = list(dict.fromkeys(filter(None, (normalise(alias).lower() for alias in aliases))))
    if any(len(alias) > LONGEST_ALIAS for alias in cleaned):
        raise ValidationError(
            {"aliases": _("An alias can be %(count)s letters long.") % {"count": LONGEST_ALIAS}}
        )
    return cleaned


class Mistakes:
    """What is wrong with what was typed: each check is made, then all are told in one go."""

    def __init__(self) -> None:
        self.by_field: dict[str, list[ValidationError]] = {}

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what a check refuses, so that the next one is made too."""
        try:
            yield
        except ValidationError as error:
            error.update_error_dict(self.by_field)

    def tell(self) -> None:
        """Raise ValidationError, by field, if there were any."""
        if self.by_field:
            raise ValidationError(self.by_field)


def check_names(mistakes: Mistakes, given: Mapping[str, Any]) -> None:
    """Note what is wrong with the names, if they are given."""
    if "names" in given:
        with mistakes.noted():
            clean_names(given["names"])
