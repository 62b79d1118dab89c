"""A registry with a rule set in force, in the database."""

from collections.abc import Iterator

import pytest

from accounts.actors import Actor
from agencies.selectors import actor_for
from routing import services
from routing.models import RuleRow, RuleSet
from tests.factories.agencies import RegistryCast, make_registry


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """No compiled rule set of one test reaches the next."""
    services.forget()
    yield
    services.forget()


@pytest.fixture
def cast(db: None) -> RegistryCast:
    """The tiny country: Dhaka › Gazipur › Kaliakair; the grid's offices; roads."""
    return make_registry()


@pytest.fixture
def registrar(cast: RegistryCast) -> Actor:
    """Who may change rules."""
    return actor_for(cast.registrar)


@pytest.fixture
def in_force(cast: RegistryCast) -> RuleSet:
    """Version 1, in force: power cuts to the grid, its district office by place, roads."""
    ruleset = RuleSet.objects.create(
        country="bd", name="Test rules", version=1, status=RuleSet.Status.PUBLISHED,
        settings={
            "name": "Test rules", "threshold": 0.5,
            "place_prefixes": {"district": "district", "জেলা": "district"},
            "misconduct_words": ["bribe"], "official_titles": ["engineer"],
        },
    )  # fmt: skip
    rows = [
        ("power", "power cut|no electricity", "grid", "", "80"),
        ("meter", "meter", "", "grid-district", "80"),
        ("pothole", "pothole*", "roads", "", "80"),
    ]
    RuleRow.objects.bulk_create(
        RuleRow(ruleset=ruleset, code=code, words=words, target=target, target_type=kind,
                strength=strength, note=f"About {code}.")
        for code, words, target, kind, strength in rows
    )  # fmt: skip
    return ruleset


@pytest.fixture
def draft(in_force: RuleSet, registrar: Actor) -> RuleSet:
    """Version 2, begun from the one in force."""
    return services.begin_draft(actor=registrar, source=in_force)
