"""Mistakes in a pack: all of them are said at once, each with its file and line."""

SHOWN = 40


class PackError(Exception):
    """The pack can't be loaded; nothing was written. `mistakes` says why, line by line."""

    def __init__(self, country: str, mistakes: list[str]) -> None:
        self.country = country
        self.mistakes = mistakes
        more = len(mistakes) - SHOWN
        lines = mistakes[:SHOWN] + ([f"… and {more} more"] if more > 0 else [])
        count = f"{len(mistakes)} mistake{'' if len(mistakes) == 1 else 's'}"
        super().__init__("\n  ".join([f"The pack of “{country}” has {count}:", *lines]))


class Mistakes:
    """Collects what is wrong, and raises at the end of a step if there was anything."""

    def __init__(self, country: str) -> None:
        self.country = country
        self.found: list[str] = []

    def add(self, where: str, what: str) -> None:
        """Note one mistake; `where` is the file and line."""
        self.found.append(f"{where}: {what}")

    def stop_if_any(self) -> None:
        """Raise PackError if something was noted."""
        if self.found:
            raise PackError(self.country, self.found)
