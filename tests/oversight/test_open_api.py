"""Figures for other programs: the same as on the screens, for whom they are, and refusals in words."""

from typing import Any

import pytest
from django.core.cache import cache

from complaints.models import Case
from oversight.metrics import METRICS, STATES
from tests.oversight.conftest import House
from tests.oversight.counted import counted, made

OFFICERS, PUBLIC = "/api/v1/figures/", "/api/v1/figures/public/"


@pytest.fixture
def many(house: House) -> House:
    """Seven confirmed cases of the department, eight that the ministry of roads has, one sealed."""
    for _number in range(7):
        house.confirmed()
    for _number in range(8):
        house.forwarded(house.cast.rival_ministry)
    house.forwarded(about_official=True)
    house.day(1)
    made()
    return house


def ask(house: House, path: str, status: int = 200, **query: Any) -> dict[str, Any]:
    cache.clear()
    answer = house.client.get(path, query, headers={"Accept-Language": "en"})
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def values(answer: dict[str, Any], code: str) -> dict[str, Any]:
    return {row["code"]: row["values"][code]["value"] for row in answer["rows"]}


class TestForOfficers:
    def test_all_figures_are_those_of_the_list(self, many: House) -> None:
        answer = ask(many, OFFICERS)
        [row] = answer["rows"]
        whole = counted()
        assert [metric["code"] for metric in answer["metrics"]] == list(METRICS)
        for code, metric in METRICS.items():
            value = metric.of(whole)
            assert row["values"][code]["value"] == (
                None if value is None else pytest.approx(value, abs=1e-4)
            )
            assert row["values"][code]["cases"] == metric.rests_on(whole)
        assert answer["period"]["end"] == "2026-11-24"
        assert set(answer["states"]) == set(STATES)
        assert answer["states"]["open"] == 9

    def test_of_an_office_and_all_below_it(self, many: House) -> None:
        assert values(ask(many, OFFICERS, office="power"), "received") == {"": 8}
        below = ask(many, OFFICERS, group_by="agency", metrics="received,answered")
        assert values(below, "received") == {"roads": 8, "power": 8}
        assert [metric["code"] for metric in below["metrics"]] == ["received", "answered"]
        assert below["states"] is None

    @pytest.mark.parametrize("group", ["category", "district", "channel", "kind", "time", "office"])
    def test_told_apart_they_add_up(self, many: House, group: str) -> None:
        answer = ask(many, OFFICERS, group_by=group, metrics="received")
        assert sum(values(answer, "received").values()) == 16

    def test_filters_are_by_codes(self, many: House) -> None:
        assert values(ask(many, OFFICERS, kind="complaint"), "received") == {"": 16}
        assert values(ask(many, OFFICERS, kind="suggestion"), "received") == {"": 0}
        answer = ask(many, OFFICERS, channel="web", period="2026-11")
        assert answer["filters"] == {"channel": "web"}
        assert answer["period"]["code"] == "2026-11"

    @pytest.mark.parametrize(
        ("name", "value"),
        [("period", "soon"), ("period", "2026-13"), ("office", "nothing"), ("category", "x"),
         ("district", "y"), ("channel", "pigeon"), ("kind", "joke"), ("group_by", "colour"),
         ("metrics", "received,beauty")],
    )  # fmt: skip
    def test_what_there_is_not_is_named(self, many: House, name: str, value: str) -> None:
        for path in (OFFICERS, PUBLIC):
            answer = many.client.get(path, {name: value})
            assert answer.status_code == 422
            assert answer["Content-Type"] == "application/problem+json"
            assert list(answer.json()["errors"]) == [name]

    def test_who_is_barred_reads_them_without_the_case(self, house: House) -> None:
        house.about_the_overseer()
        made()
        assert values(ask(house, OFFICERS), "received") == {"": 0}
        house.sign_in("other")
        assert values(ask(house, OFFICERS), "received") == {"": 1}

    def test_who_leads_an_office_reads_its_own(self, many: House) -> None:
        many.sign_in("focal")
        assert values(ask(many, OFFICERS, office="grid"), "received") == {"": 8}
        for query in ({}, {"office": "roads"}, {"office": "power"}):
            assert ask(many, OFFICERS, 403, **query)["code"] == "permission_denied"

    def test_what_call_backs_found_is_not_for_the_office(self, many: House) -> None:
        assert "audit_solved" in ask(many, OFFICERS, office="grid")["rows"][0]["values"]
        many.sign_in("focal")
        for query in ({}, {"metrics": "audit_solved,audit_agreement,received"}):
            answer = ask(many, OFFICERS, office="grid", **query)
            assert not {"audit_solved", "audit_agreement"} & set(answer["rows"][0]["values"])
            assert "audit_solved" not in [metric["code"] for metric in answer["metrics"]]

    def test_open_cases_are_those_of_the_screen(self, many: House) -> None:
        before = ask(many, OFFICERS, office="roads")
        number = many.forwarded(many.cast.rival_ministry).number
        Case.objects.filter(number=number).update(unranked="examined")
        made()
        answer = ask(many, OFFICERS, office="roads")
        # The figures of the period leave out what is examined; work is work.
        assert values(answer, "received") == values(before, "received")
        assert answer["states"]["open"] == before["states"]["open"] + 1

    @pytest.mark.parametrize("who", ["case_officer", "operator", "registrar"])
    def test_others_do_not(self, many: House, who: str) -> None:
        many.sign_in(who)
        ask(many, OFFICERS, 403, office="grid")

    def test_nobody_keeps_them(self, many: House) -> None:
        assert many.client.get(OFFICERS)["Cache-Control"] == "no-store"
        many.client.logout()
        assert many.client.get(OFFICERS).status_code in (401, 403)

    def test_what_would_take_long_is_refused(
        self, many: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("oversight.open.asked.MOST_FACTS", 3)
        query = {"office": "power", "channel": "web", "kind": "complaint"}
        answer = ask(many, OFFICERS, 422, **query)
        assert "takes too long" in str(answer["errors"]["period"])


class TestForEverybody:
    @pytest.fixture(autouse=True)
    def _visitor(self, many: House) -> None:
        many.client.logout()

    def test_the_country_has_all_its_cases(self, many: House) -> None:
        assert values(ask(many, PUBLIC), "received") == {"": 16}
        answer = many.client.get(PUBLIC)
        assert "public" in answer["Cache-Control"]
        assert answer["Access-Control-Allow-Origin"] == "*"
        # Whoever keeps it for others keeps one for each language.
        assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))

    def test_parts_are_to_the_nearest_five_and_without_sealed_cases(self, many: House) -> None:
        answer = ask(many, PUBLIC, group_by="agency")
        # Seven of the one and eight of the other; the eighth of the first is sealed.
        assert values(answer, "received") == {"roads": 10, "power": 5}
        for row in answer["rows"]:
            assert all(told["interval"] is None for told in row["values"].values())

    def test_of_parts_no_figure_is_so_exact_that_it_tells_their_number(self, many: House) -> None:
        for _number in range(3):
            many.answered("partly")
        many.day(2)
        made()
        whole = ask(many, PUBLIC)["rows"][0]["values"]["confirmed_resolved"]
        assert whole["cases"] == 10
        part = ask(many, PUBLIC, office="power")["rows"][0]["values"]
        # As whole per cents, as on its page.
        for told in part.values():
            if told["value"] is not None:
                assert round(told["value"], 2) == told["value"]
        # The exact share, of seven of the eleven, would be 0.6364: it tells that there were eleven.
        many.answered("partly")
        made()
        part = ask(many, PUBLIC, office="power")["rows"][0]["values"]
        assert part["confirmed_resolved"]["value"] == 0.64

    def test_nothing_rests_on_few(self, many: House) -> None:
        for _number in range(3):
            many.answered("partly")
        many.day(2)
        made()
        for query in ({}, {"group_by": "agency"}, {"group_by": "time"}, {"office": "power"}):
            for row in ask(many, PUBLIC, 200, **query)["rows"]:
                for told in row["values"].values():
                    assert told["cases"] is None or told["cases"] == 0 or told["cases"] >= 5
                    assert told["suppressed"] is (told["cases"] is None)

    def test_an_agency_with_few_is_not_named(self, many: House) -> None:
        for _number in range(4):
            number = many.filed().number
            Case.objects.filter(number=number).update(channel="hotline")
        made()
        codes = values(ask(many, PUBLIC, group_by="channel"), "received")
        assert "hotline" not in codes

    def test_a_day_with_few_has_its_row_without_its_number(self, many: House) -> None:
        many.day(2)
        many.filed()
        made()
        rows = ask(many, PUBLIC, group_by="time", metrics="received")["rows"]
        assert len(rows) == 30
        told = {row["code"]: row["values"]["received"] for row in rows}
        assert (told["2026-11-22"]["value"], told["2026-11-23"]["value"]) == (15, 0)
        assert told["2026-11-24"] == {
            "value": None, "interval": None, "cases": None, "suppressed": True,
        }  # fmt: skip

    def test_offices_of_an_agency_are_not_told_apart(self, many: House) -> None:
        told = ask(many, PUBLIC, 422, office=many.cast.district_office.code)
        assert told["errors"] == {"office": ["This office is not an agency of its own."]}
        ask(many, PUBLIC, 422, group_by="office")

    def test_states_are_not_told(self, many: House) -> None:
        assert ask(many, PUBLIC)["states"] is None


def test_the_description_of_the_api_has_both(house: House) -> None:
    schema = house.client.get("/api/v1/schema/?format=json").json()
    for path in (OFFICERS, PUBLIC):
        operation = schema["paths"][path]["get"]
        assert {"period", "office", "metrics", "group_by"} <= {
            parameter.get("name") for parameter in operation["parameters"]
        }
        assert "200" in operation["responses"]
