"""What else is loaded for a country, by rooms above this one (routing: its rules).

A room registers its step in its `AppConfig.ready`; the steps run after the registry, each time,
and each looks by itself whether it has anything to do.
"""

from collections.abc import Callable

#: Takes the country and whether to do it all again; gives one line to be printed, or "".
Step = Callable[[str, bool], str]

_STEPS: dict[str, Step] = {}


def register_step(name: str, step: Step) -> None:
    """Run this after each load; the same name again replaces the step."""
    _STEPS[name] = step


def run_steps(country: str, *, force: bool = False) -> list[str]:
    """Run all steps in the order of their registration; the lines that they gave."""
    lines = [step(country, force) for step in _STEPS.values()]
    return [line for line in lines if line]
