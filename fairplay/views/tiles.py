"""The counts above a list, each with the part of the list that it counts."""

from collections.abc import Mapping
from typing import Any


def tiles(
    titles: Mapping[str, str], number: Mapping[str, int], here: str, show: str
) -> list[dict[str, Any]]:
    """By the code of a part ("" for the first one): what it is called, how many, where, and if shown."""
    return [
        {
            "title": title,
            "number": number[code],
            "url": f"{here}?show={code}" if code else here,
            "current": code == show,
        }
        for code, title in titles.items()
    ]
