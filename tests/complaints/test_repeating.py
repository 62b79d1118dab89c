"""What may come again: a repeat that meets the first one half-way gets its answer."""

from collections.abc import Callable
from typing import Any

import pytest

from complaints.errors import Invalid, KeyReused
from complaints.services import repeating


def _key(body: Any = "same", whose: str = "1") -> Any:
    return repeating.key_for("move", whose=whose, key="one", body=body)


@pytest.mark.django_db
def test_a_repeat_whose_files_the_first_one_took_meanwhile_gets_the_first_answer() -> None:
    """The first one ends between the look for its answer and the check of what was sent."""

    def ready() -> Callable[[], dict[str, Any]]:
        repeating.once(_key(), lambda: lambda: {"seen": 3})
        raise Invalid

    assert repeating.once(_key(), ready) == {"seen": 3}


@pytest.mark.django_db
def test_what_is_wrong_without_a_first_one_is_said() -> None:
    def ready() -> Callable[[], dict[str, Any]]:
        raise Invalid

    with pytest.raises(Invalid):
        repeating.once(_key(), ready)


@pytest.mark.django_db
def test_a_key_is_its_accounts_own_and_of_one_body() -> None:
    assert repeating.once(_key(), lambda: lambda: {"seen": 3}) == {"seen": 3}
    assert repeating.once(_key(whose="2"), lambda: lambda: {"seen": 4}) == {"seen": 4}
    with pytest.raises(KeyReused):
        repeating.once(_key(body="other"), lambda: lambda: {"seen": 5})
