"""A rule set in force, for tests in which the router has to be sure of something."""

from routing.models import RuleRow, RuleSet
from routing.services import forget


def publish_rules(*rows: dict[str, object], country: str = "bd", threshold: float = 0.3) -> RuleSet:
    """Rules by their columns (words, target, strength …), published as version 1."""
    ruleset = RuleSet.objects.create(
        country=country,
        name="Test",
        version=1,
        status="published",
        settings={"name": "Test", "threshold": threshold},
    )
    for index, row in enumerate(rows):
        values = {"code": f"rule-{index}", "strength": 90, "note": "A test's rule.", **row}
        RuleRow.objects.create(ruleset=ruleset, **values)
    forget(country)
    return ruleset
