"""Tables as files: every figure of a screen, and the list of the cases behind one."""

import csv
import re
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.roles import Role
from agencies.models import Post
from complaints.models import Case, Respondent
from oversight.exports import views
from oversight.exports.sheets import CSV, XLSX, Sheet, csv_parts, plain, write
from oversight.figures import keeping
from oversight.models import FileOrder
from oversight.orders.making import make_next
from tests.complaints.play import Play
from tests.factories.agencies import make_officer
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def ask(house: House, query: str, table: str, form: str = CSV) -> Any:
    return house.client.post(f"/en/oversight/export/?{query}", {"table": table, "form": form})


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.status_code
    content = b"".join(answer) if answer.streaming else answer.content
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


class TestFiles:
    HOSTILE = ("=1+1", "+88", "-2", "@A1", "\tx", " =x", "%x", "|x")

    @pytest.mark.parametrize("cell", HOSTILE)
    def test_no_cell_is_a_formula(self, cell: str) -> None:
        assert str(plain(cell)).startswith("'")
        out = BytesIO()
        write(Sheet("x", [cell], [[cell]]), XLSX, out)
        page = load_workbook(out).active
        assert page is not None
        assert page["A2"].data_type == "s"

    def test_what_xml_cannot_hold_is_left_out(self) -> None:
        out = BytesIO()
        write(Sheet("x", ["h"], [["a\x00b\x0bc"]]), XLSX, out)
        page = load_workbook(out).active
        assert page is not None
        assert page["A2"].value == "abc"

    def test_numbers_and_days_stay_what_they_are(self) -> None:
        out = BytesIO()
        moment = datetime.fromisoformat("2026-11-22T20:00:00+00:00")
        write(Sheet("x", ["h"], [[1, 0.25, None, date(2026, 11, 22), moment]]), XLSX, out)
        page = load_workbook(out).active
        assert page is not None
        read = [cell.value for cell in page[2]]
        # In the capital it is the next day already.
        assert read == [1, 0.25, None, datetime(2026, 11, 22), datetime(2026, 11, 23, 2, 0)]

    def test_a_long_table_comes_in_parts(self) -> None:
        parts = list(csv_parts(Sheet("x", ["n"], ([n] for n in range(1200)))))
        assert len(parts) == 3
        lines = b"".join(parts).decode("utf-8-sig").split()
        assert lines == ["n", *map(str, range(1200))]


class TestTables:
    def test_each_table_has_the_figures_of_its_screen(self, house: House) -> None:
        house.confirmed()
        house.filed()
        house.count()
        offices = rows_of(ask(house, "period=30", "offices"))
        ministry = house.cast.department.path.split("/")[0]
        row = next(row for row in offices if row["Code"] == ministry)
        assert (row["Received"], row["Answered"], row["Confirmed resolved"]) == ("1", "1", "1.0")
        kinds = rows_of(ask(house, "period=30", "kind"))
        assert [(row["Code"], row["Received"]) for row in kinds] == [("complaint", "2")]
        steps = rows_of(ask(house, "period=30", "trend"))
        assert len(steps) == 30
        assert sum(int(row["Received"] or 0) for row in steps) == 2
        stages = rows_of(ask(house, "", "stages"))
        assert [(row["Code"], row["Open"]) for row in stages] == [("forward", "1")]
        for table in ("category", "district", "channel"):
            assert rows_of(ask(house, "period=30", table))

    def test_a_list_without_words_in_its_address_is_there_as_a_file_too(self, house: House) -> None:
        # All open cases, as the list says by itself: the way to its file has to say so.
        receipt = house.forwarded()
        house.count()
        way = re.search(r'href="[^"]*/oversight/export/\?([^"]*)"', house.page("/oversight/cases/"))
        assert way is not None
        assert "state=open" in way.group(1)
        assert 'value="cases"' in house.page(f"/oversight/export/?{way.group(1)}")
        listed = rows_of(ask(house, way.group(1), "cases"))
        assert [row["Number"] for row in listed] == [receipt.number]

    def test_the_list_has_the_cases_of_the_figure(self, house: House) -> None:
        answered, filed = house.answered(), house.filed()
        house.count()
        listed = rows_of(ask(house, "measure=answered&period=30", "cases"))
        assert [row["Number"] for row in listed] == [answered.number]
        assert listed[0]["Answered on"] == "2026-11-22"
        late = rows_of(ask(house, "state=open&stage=forward", "cases"))
        assert [row["Number"] for row in late] == [filed.number]

    def test_names_are_in_the_language_of_whoever_asked(self, house: House) -> None:
        house.filed()
        house.count()
        rows = {
            language: rows_of(
                house.client.post(
                    f"/{language}/oversight/export/?period=30", {"table": "channel", "form": CSV}
                )
            )
            for language in ("en", "bn")
        }
        assert rows["en"][0]["Way in"] == "The web form"
        assert "The web form" not in rows["bn"][0].values()
        assert rows["bn"][0] != rows["en"][0]

    def test_what_is_examined_is_work_and_no_figure_of_an_office(self, house: House) -> None:
        examined, other = house.forwarded(), house.forwarded()
        Case.objects.filter(number=examined.number).update(unranked="examined")
        house.count()
        keeping.rebuild()
        for query in ("office=power&period=30", "office=power&period=30&state=open"):
            row = rows_of(ask(house, query, "kind"))[0]
            assert (row["Received"], row["Now: Open"]) == ("1", "2"), query
        listed = rows_of(ask(house, "office=power&measure=nothing&state=open", "cases"))
        assert {row["Number"] for row in listed} == {examined.number, other.number}
        offices = rows_of(ask(house, "period=30", "offices"))
        row = next(row for row in offices if row["Code"] == "power")
        assert (row["Received"], row["Now: Open"]) == ("1", "2")

    def test_whoever_is_barred_finds_no_trace(self, house: House) -> None:
        receipt = house.about_the_overseer()
        house.count()
        assert rows_of(ask(house, "measure=received&period=30", "cases")) == []
        assert rows_of(ask(house, "period=30", "kind")) == []
        house.sign_in("other")
        listed = rows_of(ask(house, "measure=received&period=30", "cases"))
        assert [row["Number"] for row in listed] == [receipt.number]

    def test_a_head_gets_what_is_theirs_and_no_more(self, house: House) -> None:
        house.forwarded()
        house.forwarded(house.cast.rival_ministry)
        house.count()
        house.sign_in("head")
        mine = rows_of(ask(house, "measure=received&period=30", "cases"))
        assert {row["Code of the office"] for row in mine} == {house.cast.department.code}
        beside = house.cast.rival_ministry.code
        assert ask(house, f"office={beside}", "kind").status_code == 403

    def test_without_a_choice_the_page_says_so(self, house: House) -> None:
        house.count()
        answer = ask(house, "", "nonsense")
        assert answer.status_code == 422
        assert "Choose a table" in answer.content.decode()


class TestLongOnes:
    def test_a_long_list_is_made_by_a_worker(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "SOON", 0)
        receipt = house.filed()
        house.count()
        answer = ask(house, "measure=received&period=30", "cases", XLSX)
        order = FileOrder.objects.get()
        assert answer["Location"].endswith(f"/oversight/files/{order.pk}/")
        # Asked for twice it is one file.
        ask(house, "measure=received&period=30", "cases", XLSX)
        assert FileOrder.objects.count() == 1
        assert make_next()
        order.refresh_from_db()
        assert (order.status, order.whole) == ("done", 1)
        file = house.client.get(f"/en/oversight/files/{order.pk}/download/")
        page = load_workbook(BytesIO(b"".join(file))).active
        assert page is not None
        assert page["A2"].value == receipt.number

    def test_who_no_longer_leads_its_office_has_its_file_no_more(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "SOON", 0)
        house.filed()
        house.count()
        ask(house, "measure=received&period=30", "cases")
        assert make_next()
        url = f"/en/oversight/files/{FileOrder.objects.get().pk}/download/"
        assert b"".join(house.client.get(url))
        Post.objects.filter(user=house.cast.overseer).update(role=Role.CASE_OFFICER)
        assert house.client.get(url).status_code == 404
        assert "cases.csv" not in house.page("/oversight/files/")

    def test_who_leads_an_office_has_the_file_of_that_one(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "SOON", 0)
        house.forwarded()
        house.count()
        house.sign_in("head")
        ask(house, "measure=received&period=30", "cases")
        order = FileOrder.objects.get()
        assert order.asked["office"] == house.cast.department.code
        assert make_next()
        url = f"/en/oversight/files/{order.pk}/download/"
        assert b"".join(house.client.get(url))
        Post.objects.filter(user=house.cast.head).update(office=house.cast.rival_ministry)
        assert house.client.get(url).status_code == 404

    def test_it_is_made_by_the_rights_of_the_moment(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "SOON", 0)
        receipt = house.forwarded()
        house.count()
        ask(house, "measure=received&period=30", "cases")
        make_officer("Other Overseer", Role.OVERSEER, house.cast.rival_ministry)
        Respondent.objects.create(
            case=house.case(receipt),
            user=house.cast.overseer,
            linked_at=house.case(receipt).filed_at,
        )
        assert make_next()
        order = FileOrder.objects.get()
        file = house.client.get(f"/en/oversight/files/{order.pk}/download/")
        assert receipt.number not in b"".join(file).decode()


class TestBoards:
    def test_who_sent_back_to_whom_is_a_table_of_those_who_see_the_country(
        self, house: House
    ) -> None:
        play = Play(house.scene).forward()
        play.send_back()
        house.count()
        rows = rows_of(ask(house, "table=flow&period=12m", "flow"))
        assert [(row["Sent back by"], row["Next with"], row["Times"]) for row in rows] == [
            (house.cast.department.name, "The central desk", "1")
        ]
        house.sign_in("head")
        assert ask(house, "", "flow").status_code == 422

    @pytest.mark.parametrize("board", ["flow", "league", "map", "desk", "channels/health"])
    def test_each_board_leads_to_its_table(self, house: House, board: str) -> None:
        house.filed()
        house.count()
        assert "/oversight/export/?table=" in house.page(f"/oversight/{board}/")
