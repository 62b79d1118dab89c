"""What an officer kept for themselves goes with their account; what they did stays."""

import pytest

from agencies.models import Post
from complaints.services import forgetting
from oversight.models import AlertRule, SavedView
from tests.complaints.conftest import SUNDAY
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db


def test_views_go_with_the_account_and_rules_stay(house: House) -> None:
    officer, other = house.cast.overseer, house.cast.auditor
    for user in (officer, other):
        SavedView.objects.create(user=user, name="Mine", path="oversight/", made_at=SUNDAY)
    AlertRule.objects.create(kind="surge", made_by=officer, made_at=SUNDAY)
    Post.objects.filter(user=officer).update(held_to=SUNDAY)
    house.day(364)
    assert forgetting.by_retention()["officers"] == 0
    assert SavedView.objects.count() == 2
    house.day(366)
    assert forgetting.by_retention()["officers"] == 1
    assert SavedView.objects.get().user == other
    assert AlertRule.objects.get().made_by == officer
    assert forgetting.by_retention()["officers"] == 0
