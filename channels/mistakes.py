"""A mistake of ours, as it is logged: its kind and its place, never its words.

What an error says may hold an address, or what a citizen wrote.
"""

import traceback
from pathlib import Path


def mistake(error: BaseException) -> dict[str, str]:
    """The kind of an error, and the last places of our own and others' code where it came from."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return {"kind": type(error).__name__, "at": " < ".join(reversed(places))}
