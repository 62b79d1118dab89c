"""However many cases there are, an export holds no more of them in memory than it reads at once."""

import io
import tracemalloc

import pytest
from django.core.management import call_command

from agencies.models import Office
from complaints.models import Case
from systems.export import choosing
from systems.export.choosing import Owned
from systems.export.orders import make
from systems.export.writing import Form
from tests.complaints.conftest import Scene


class Counting(io.RawIOBase):
    """Forgets what is written to it, and knows how much that was."""

    def __init__(self) -> None:
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.size += len(piece)
        return len(piece)


def peak(office: Office, form: Form) -> tuple[int, int]:
    """How much memory was needed at once, and how large the file is, both in bytes."""
    out = Counting()
    tracemalloc.start()
    try:
        make(Owned(office), form, out, lambda _done, _whole: None)  # type: ignore[arg-type]
        return tracemalloc.get_traced_memory()[1], out.size
    finally:
        tracemalloc.stop()


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.DEMO = True
    monkeypatch.setattr(choosing, "AT_A_TIME", 50)


@pytest.mark.usefixtures("few_at_once")
def test_four_times_as_many_cases_need_no_more_memory(scene: Scene) -> None:
    call_command("make_cases", "250", stdout=io.StringIO())
    Case.objects.update(holder=scene.cast.department)
    peak(scene.cast.ministry, Form.LINES)
    once = {form: peak(scene.cast.ministry, form) for form in (Form.LINES, Form.CSV)}
    call_command("make_cases", "750", "--seed", "2", stdout=io.StringIO())
    Case.objects.update(holder=scene.cast.department)

    for form, (before, size) in once.items():
        needed, larger = peak(scene.cast.ministry, form)
        assert larger > 3 * size
        # What a part holds is chance; four times as many would need four times as much.
        assert needed < 2.5 * before, form
