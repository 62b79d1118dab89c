from routing.packs import read_registry
from routing.selectors import registry_index, rule_rows, rules_with


def test_the_index_has_the_registry_s_tree(cast):
    index = registry_index("bd")
    assert list(index.line("3.47.1.1")) == ["3.47.1.1", "3.47.1", "3.47", "3"]
    assert index.places["3.47"].depth == 1
    assert list(index.office_line("grid-upazila-3.47.1")) == [
        "grid-upazila-3.47.1", "grid-district-3.47", "grid", "power",
    ]  # fmt: skip
    assert index.office_covering("grid-district", "3.47.1.1") == "grid-district-3.47"
    assert index.office_covering("grid-district", "3.48") == ""
    assert list(index.category_line("electricity-billing")) == [
        "electricity-billing", "electricity",
    ]  # fmt: skip
    assert index.languages[0] == "bn"


def test_closed_offices_and_retired_categories_are_left_out(cast):
    from django.utils import timezone

    cast.rival_ministry.closed_at = timezone.now()
    cast.rival_ministry.save()
    cast.roads.retired_at = timezone.now()
    cast.roads.save()
    index = registry_index("bd")
    assert "roads" not in index.offices
    assert "roads" not in index.categories


def test_it_is_read_in_few_queries(cast, django_assert_num_queries):
    with django_assert_num_queries(6):
        registry_index("bd")


def test_rules_are_searched_by_words_anywhere_in_them(in_force):
    assert [rule.code for rule in rules_with(in_force, "ELECTRICITY grid")] == ["power"]
    assert [rule.code for rule in rules_with(in_force, "")] == ["meter", "pothole", "power"]
    assert not rules_with(in_force, "nothing such")


def test_rows_come_back_as_they_were_written(in_force):
    assert rule_rows(in_force)[2]["words"] == "power cut|no electricity"


def test_a_pack_and_the_database_give_the_same_kind_of_index():
    index = read_registry("bd")
    assert len(index.places) > 5000
    assert index.languages[0] == "bn"
