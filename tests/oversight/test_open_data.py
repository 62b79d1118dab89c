"""The open data: whole months, no small number in it nor between its rows, the same in each format."""

import csv
import gzip
import io
import json
from typing import Any

import pytest
from django.core.cache import cache

from complaints.models import Case
from oversight.metrics import METRICS
from oversight.open.datasets import DATASETS, LICENCE
from oversight.open.suppressing import is_small
from tests.oversight.conftest import House
from tests.oversight.counted import counted, made

#: What DCAT-AP 3 makes mandatory, and what it recommends that we can tell.
OF_A_CATALOG = (
    *("dct:title", "dct:description", "dct:publisher", "dcat:dataset"),
    *("dct:license", "dct:language", "dct:issued", "dct:modified", "dct:spatial", "foaf:homepage"),
)
OF_A_DATASET = (
    *("dct:title", "dct:description", "dcat:distribution", "dct:publisher", "dcat:keyword"),
    *("dcat:theme", "dct:temporal", "dct:spatial", "dct:issued", "dct:modified"),
    *("dct:accrualPeriodicity", "dcat:contactPoint", "dct:license"),
)
OF_A_DISTRIBUTION = (
    *("dcat:accessURL", "dcat:downloadURL", "dcat:mediaType", "dct:format", "dct:license"),
    *("dct:title", "dct:description", "dct:issued", "dct:modified"),
)


@pytest.fixture
def data(house: House) -> House:
    """Seven cases of the department and six of the ministry of roads; the month is still running."""
    for _number in range(7):
        house.confirmed()
    for _number in range(6):
        house.forwarded(house.cast.rival_ministry)
    house.day(2)
    made()
    house.client.logout()
    cache.clear()
    return house


def later(house: House) -> None:
    """The month is over."""
    house.day(20)
    made()
    cache.clear()
    house.client.logout()


def later_than(house: House, day: int) -> None:
    """So many days after the first, counted anew, for everybody."""
    house.day(day)
    made()
    cache.clear()
    house.client.logout()


def text(house: House, path: str) -> str:
    answer: Any = house.client.get(f"/performance/data/{path}")
    assert answer.status_code == 200
    return (
        b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    )


def rows(house: House, code: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(house, f"{code}.csv"))))


def by_channel(house: House, channel: str) -> None:
    """A case that came that way."""
    number = house.filed().number
    Case.objects.filter(number=number).update(channel=channel)


class TestTables:
    def test_fine_tables_have_months_that_are_over(self, data: House) -> None:
        data.client.logout()
        assert rows(data, "by-agency-month") == []
        [running] = rows(data, "by-month")
        assert (running["month"], running["complete"], running["received"]) == (
            "2026-11",
            "0",
            "13",
        )
        later(data)
        assert {row["month"] for row in rows(data, "by-agency-month")} == {"2026-11"}
        assert [row["complete"] for row in rows(data, "by-month")] == ["1", "0"]

    def test_a_row_has_code_names_and_figures(self, data: House) -> None:
        later(data)
        by_code = {row["code"]: row for row in rows(data, "by-agency-month")}
        assert sorted(by_code) == ["grid", "power", "roads"]
        grid = by_code["grid"]
        assert (grid["above"], grid["name_en"]) == ("power", "Grid Department")
        assert (grid["received"], grid["answered"], grid["confirmed_resolved"]) == ("7", "7", "1.0")
        assert grid["suppressed"] == ""
        # Nothing to make it of is empty, and not suppressed.
        assert (by_code["roads"]["answered"], by_code["roads"]["median_days"]) == ("0", "")

    def test_an_agency_without_a_case_in_the_month_has_no_row(self, data: House) -> None:
        data.forwarded(data.cast.rival_ministry, category="roads")
        later_than(data, 45)
        found = rows(data, "by-agency-month")
        assert {row["month"] for row in found} == {"2026-11"}
        assert {"grid", "power", "roads"} <= {row["code"] for row in found}
        assert "0" in {row["received"] for row in rows(data, "by-month")}

    def test_nobody_learns_from_a_row_that_is_missing_what_is_hidden(self, house: House) -> None:
        """Where all parts are hidden, the nones among them are too: these stay."""
        house.forwarded(house.cast.rival_ministry)
        for _number in range(6):
            house.filed()
        house.day(45)
        for _number in range(6):
            house.forwarded(house.cast.department)
        later_than(house, 80)
        found = [row for row in rows(house, "by-agency-month") if row["month"] == "2026-11"]
        assert {row["code"] for row in found} >= {"roads", "grid", "power"}
        assert all("received" in row["suppressed"].split() for row in found)

    def test_json_says_the_same_and_what_its_columns_are(self, data: House) -> None:
        later(data)
        for code, dataset in DATASETS.items():
            told = json.loads(text(data, f"{code}.json"))
            columns = [column["code"] for column in told["columns"]]
            assert columns == [column.code for column in dataset.columns()]
            assert (told["license"], told["dataset"]) == (LICENCE, code)
            assert set(told["title"]) == {"en", "bn", "id"}
            units = {column["code"]: column["unit"] for column in told["columns"]}
            assert (units["received"], units["median_days"], units["month"]) == (
                "count", "days", None,
            )  # fmt: skip
            as_csv = rows(data, code)
            assert len(told["rows"]) == len(as_csv) > 0
            for row, line in zip(told["rows"], as_csv, strict=True):
                assert list(row) == list(line) == columns
                plain = {name: "" if value is None else str(value) for name, value in row.items()}
                assert {**plain, "suppressed": " ".join(row["suppressed"])} == line

    def test_the_figures_are_those_of_the_list(self, data: House) -> None:
        later(data)
        whole = counted(90, sides=(0,))
        row = rows(data, "by-month")[0]
        for code in (
            "received",
            "answered",
            "closed",
            "answered_in_10_from_filing",
            "satisfaction",
        ):
            assert float(row[code]) == pytest.approx(METRICS[code].of(whole), abs=1e-4), code

    def test_sensitive_cases_are_in_none(self, data: House) -> None:
        for _number in range(9):
            data.filed(about_official=True)
        later(data)
        assert rows(data, "by-month")[1]["received"] == "0"

    def test_parts_add_up_to_the_country(self, data: House) -> None:
        later(data)
        for code in ("by-category-month", "by-district-month", "by-channel-month"):
            assert sum(int(row["received"]) for row in rows(data, code)) == 13, code


class TestSmallNumbers:
    def test_where_all_are_large_nothing_is_hidden(self, data: House) -> None:
        later(data)
        for code in DATASETS:
            assert {row["suppressed"] for row in rows(data, code)} == {""}

    def test_an_agency_with_few_takes_its_neighbour_with_it(self, house: House) -> None:
        for _number in range(7):
            house.confirmed()
        for _number in range(2):
            house.forwarded(house.cast.rival_ministry)
        later(house)
        by_code = {row["code"]: row for row in rows(house, "by-agency-month")}
        for code in ("roads", "power", "grid"):
            assert by_code[code]["received"] == ""
            assert "received" in by_code[code]["suppressed"].split()
        # Answers were given by one alone: theirs stand.
        assert by_code["grid"]["answered"] == "7"
        assert by_code["grid"]["median_days"] != ""
        # What could be worked out from a share goes with the number.
        assert by_code["grid"]["answered_in_10_from_filing"] == ""
        assert rows(house, "by-month")[0]["received"] == "9"

    def test_no_number_of_a_file_is_small_nor_what_the_rows_leave_of_the_country(
        self, house: House
    ) -> None:
        for _number in range(7):
            house.confirmed()
        for _number in range(2):
            house.forwarded(house.cast.rival_ministry)
        for kind, number in (("hotline", 3), ("sms", 6)):
            for _each in range(number):
                by_channel(house, kind)
        later(house)
        [whole] = [row for row in rows(house, "by-month") if row["month"] == "2026-11"]
        for code, dataset in DATASETS.items():
            for metric in dataset.counts:
                found = [row for row in rows(house, code) if row["month"] == "2026-11"]
                told = [int(row[metric.code]) for row in found if row[metric.code]]
                assert not any(map(is_small, told)), (code, metric.code)
                if dataset.of not in ("", "agency") and whole[metric.code]:
                    left = int(whole[metric.code]) - sum(told)
                    hidden = len(found) - len(told)
                    assert (left == 0) if not hidden else (hidden >= 2 and left >= 5)


class TestFiles:
    def test_they_may_be_kept_for_an_hour_and_asked_for_again(self, data: House) -> None:
        path = "/performance/data/by-month.csv"
        first = data.client.get(path)
        assert set(first["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
        assert first["Content-Type"] == "text/csv; charset=utf-8"
        assert 'rel="license"' in first["Link"]
        assert first["Access-Control-Allow-Origin"] == "*"
        again = data.client.get(path, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
        other = data.client.get(
            "/performance/data/by-month.json", headers={"If-None-Match": first["ETag"]}
        )
        assert other.status_code == 200

    @pytest.mark.parametrize(
        ("accepted", "packed"),
        [("gzip", True), ("deflate, gzip;q=0.5", True), ("GZIP", True), ("gzip;q=0", False),
         ("gzip; q=0.0", False), ("br", False), ("", False), ("notgzip", False)],
    )  # fmt: skip
    def test_who_reads_gzip_gets_it_packed(self, data: House, accepted: str, packed: bool) -> None:
        plain = text(data, "by-month.csv")
        answer: Any = data.client.get(
            "/performance/data/by-month.csv", headers={"Accept-Encoding": accepted}
        )
        body = b"".join(answer.streaming_content)
        assert (answer.get("Content-Encoding") == "gzip") is packed
        assert (gzip.decompress(body) if packed else body).decode() == plain
        assert "Accept-Encoding" in answer["Vary"]
        again = data.client.get(
            "/performance/data/by-month.csv",
            headers={"Accept-Encoding": accepted, "If-None-Match": answer["ETag"]},
        )
        assert again.status_code == 304

    def test_packed_and_plain_have_marks_of_their_own(self, data: House) -> None:
        marks = {
            data.client.get("/performance/data/by-month.csv", headers={"Accept-Encoding": how})[
                "ETag"
            ]
            for how in ("gzip", "identity")
        }
        assert len(marks) == 2

    def test_a_new_edition_has_another_mark(self, data: House) -> None:
        first = data.client.get("/performance/data/by-month.csv")["ETag"]
        later(data)
        assert data.client.get("/performance/data/by-month.csv")["ETag"] != first

    @pytest.mark.parametrize(
        "path",
        ["nothing.csv", "by-month.xlsx", "by-month", "by-month.csv/more", "..%2fby-month.csv"],
    )
    def test_others_are_not_found(self, house: House, path: str) -> None:
        assert house.client.get(f"/performance/data/{path}").status_code == 404

    def test_before_anything_was_counted_there_is_a_head(self, house: House) -> None:
        cache.clear()
        assert text(house, "by-month.csv").startswith("month,complete,received")
        assert json.loads(text(house, "by-month.json"))["rows"] == []

    def test_a_month_is_counted_once_for_many_readers(
        self, data: House, django_assert_max_num_queries: object
    ) -> None:
        later(data)
        rows(data, "by-agency-month")
        with django_assert_max_num_queries(3):  # type: ignore[operator]
            rows(data, "by-agency-month")

    def test_no_cell_is_a_formula(self, data: House) -> None:
        data.cast.rival_ministry.names = {"en": "=HYPERLINK(1)"}
        data.cast.rival_ministry.save(update_fields=["names"])
        later(data)
        assert any(row["name_en"] == "'=HYPERLINK(1)" for row in rows(data, "by-agency-month"))


class TestThePage:
    @pytest.mark.parametrize("language", ["en", "bn", "id"])
    def test_it_lists_every_table_with_its_columns(self, data: House, language: str) -> None:
        html = data.client.get(f"/{language}/performance/data/").content.decode()
        for code, dataset in DATASETS.items():
            assert f"/{language}/performance/data/{code}.csv" in html
            assert f"/{language}/performance/data/{code}.json" in html
            assert all(f"<code>{column.code}</code>" in html for column in dataset.columns())
        assert LICENCE in html

    def test_before_anything_was_counted_it_says_so(self, house: House) -> None:
        cache.clear()
        assert "There are no months in it yet." in house.page("/performance/data/")


class TestTheCatalogue:
    def catalog(self, house: House) -> dict[str, Any]:
        answer = house.client.get("/performance/data/catalog.jsonld")
        assert answer["Content-Type"] == "application/ld+json"
        found: dict[str, Any] = json.loads(answer.content)
        return found

    def test_it_has_what_dcat_ap_asks_for(self, data: House) -> None:
        later(data)
        catalog = self.catalog(data)
        assert all(catalog[name] for name in OF_A_CATALOG)
        assert catalog["dct:publisher"]["foaf:name"]
        assert len(catalog["dcat:dataset"]) == len(DATASETS)
        for dataset in catalog["dcat:dataset"]:
            assert all(dataset[name] for name in OF_A_DATASET)
            span = dataset["dct:temporal"]
            assert span["dcat:startDate"]["@value"] == "2026-11-01"
            assert len(dataset["dcat:distribution"]) == 2
            for distribution in dataset["dcat:distribution"]:
                assert all(distribution[name] for name in OF_A_DISTRIBUTION)

    def test_every_prefix_is_told_and_every_node_has_a_type(self, data: House) -> None:
        catalog = self.catalog(data)
        known = set(catalog["@context"])

        def look(node: Any) -> None:
            if isinstance(node, dict):
                for name, value in node.items():
                    assert name.startswith("@") or name.split(":")[0] in known, name
                    look(value)
                assert "@id" in node or "@value" in node or "@type" in node
            elif isinstance(node, list):
                for each in node:
                    look(each)

        look({name: value for name, value in catalog.items() if name != "@context"})

    def test_its_addresses_lead_to_the_files_in_no_language(
        self, data: House, settings: Any
    ) -> None:
        settings.PUBLIC_URL = "https://complaints.example"
        catalog = self.catalog(data)
        answer = data.client.get("/bn/performance/data/catalog.jsonld")
        assert json.loads(answer.content) == catalog
        for dataset in catalog["dcat:dataset"]:
            for distribution in dataset["dcat:distribution"]:
                address = distribution["dcat:downloadURL"]["@id"]
                path = address.removeprefix("https://complaints.example")
                assert path.startswith("/performance/data/by-")
                assert data.client.get(path).status_code == 200
