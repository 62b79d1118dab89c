"""How a program of this machine runs until it is stopped: by Ctrl-C, SIGTERM, or a closed terminal."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from grs.machine.processes import die_with_parent
from grs.machine.state import MachineError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop."""


def until_stopped(name: str, work: Callable[[], int], clean_up: Callable[[], None]) -> int:
    """Do the work; 0 after a stop that was asked for, 1 after a failure, else what the work says.

    Whatever happens it is cleaned up, and a second Ctrl-C does not break into that. `name` begins the
    line that says what failed.
    """
    for number in SIGNALS:
        signal.signal(number, _ask_to_stop)
    if os.environ.get("MAKELEVEL"):
        arm = die_with_parent(signal.SIGTERM, parent=os.getppid())
        if arm:
            arm()
    try:
        return work()
    except Stopped:
        return 0
    except MachineError as error:
        print(f"\n{name}: {error}", file=sys.stderr)
        return 1
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        clean_up()


def _ask_to_stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """Leave whatever the main thread does."""
    raise Stopped
