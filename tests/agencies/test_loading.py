"""Country packs: what a first and a second load do, and what stays as a registrar left it."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.actors import SYSTEM
from agencies import services
from agencies.loading import load_country
from agencies.models import (
    Calendar,
    CalendarChange,
    Category,
    DeadlinePolicy,
    Holiday,
    Office,
    OfficeType,
    Place,
    RegistryVersion,
    Service,
)
from tests.agencies.small_pack import FILES, change, replace

pytestmark = pytest.mark.django_db


class TestAFirstLoad:
    def test_everything_is_there(self, packs):
        load_country("bd", packs=packs)
        counts = [
            model.objects.filter(country="bd").count()
            for model in (Place, OfficeType, Office, Category, Service, DeadlinePolicy, Calendar)
        ]
        assert counts == [4, 3, 5, 2, 2, 2, 1]

    def test_patterns_make_an_office_for_each_place_of_the_level(self, packs):
        load_country("bd", packs=packs)
        dc = Office.objects.get(code="bd-dc-3.47")
        assert dc.names == {"en": "DC Office Gazipur", "bn": "ডিসি গাজীপুর"}
        assert dc.aliases == ["dc gazipur", "ডিসি গাজীপুর"]
        assert dc.path == "bd-admin/bd-dc-3.47/"
        assert [place.code for place in dc.places.all()] == ["3.47"]

    def test_a_parent_by_type_is_the_office_of_the_nearest_place_above(self, packs):
        load_country("bd", packs=packs)
        uno = Office.objects.get(code="bd-uno-3.47.1")
        assert uno.path == "bd-admin/bd-dc-3.47/bd-uno-3.47.1/"
        assert uno.names["en"] == "UNO Office Kaliakair, Gazipur"

    def test_a_ministry_is_its_own_agency_and_field_offices_are_the_nearest_ones_above(self, packs):
        load_country("bd", packs=packs)
        ministry = Office.objects.get(code="bd-admin")
        assert ministry.agency == ministry
        assert Office.objects.get(code="bd-uno-3.47.1").agency == ministry

    def test_an_office_written_out_stands_instead_of_the_pattern(self, packs):
        line = "bd-dc-3.48,bd-power,bd-dc,Special Office,,,,,,,3.48\n"
        change(packs, "offices.csv", FILES["offices.csv"] + line)
        load_country("bd", packs=packs)
        assert Office.objects.get(code="bd-dc-3.48").path == "bd-power/bd-dc-3.48/"

    def test_a_pattern_keeps_to_the_places_it_is_meant_for(self, packs):
        change(
            packs,
            "office_patterns.csv",
            "type,for_level,parent,en,bn,id,aliases,under,not_under\n"
            "bd-dc,district,bd-admin,DC {place},,,,3,3.48\n",
        )
        load_country("bd", packs=packs)
        assert Office.objects.filter(type__code="bd-dc").count() == 1

    def test_names_are_kept_in_nfc(self, packs):
        replace(packs, "categories.csv", "ভূমি", "বিষ\u09dfক")
        load_country("bd", packs=packs)
        assert Category.objects.get(code="land").names["bn"] == "বিষ\u09af\u09bcক"

    def test_holidays_come_from_the_library_and_the_pack_on_top(self, packs):
        with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
            load_country("bd", packs=packs)
        names = {
            row.date: (row.names.get("en"), row.source)
            for row in Holiday.objects.filter(date__year=2026)
        }
        assert names[date(2026, 3, 26)] == ("Independence Day", "library")
        assert names[date(2026, 10, 20)] == ("Durga Puja", "pack")
        assert names[date(2026, 12, 16)] == ("Day of Victory", "pack")
        assert set(Holiday.objects.values_list("date__year", flat=True)) == set(range(2024, 2029))

    def test_nothing_is_noted_for_clocks_that_cannot_run_yet(self, packs):
        load_country("bd", packs=packs)
        assert not CalendarChange.objects.exists()

    def test_numbers_are_in_force_from_the_start(self, packs):
        load_country("bd", packs=packs)
        row = DeadlinePolicy.objects.get(name="resolve")
        assert (row.amount, row.version, row.agency.code) == (20, 1, "bd-power")
        assert row.valid_from.year == 2000

    def test_a_fee_of_nothing_and_no_fee_are_told_apart(self, packs):
        load_country("bd", packs=packs)
        assert str(Service.objects.get(code="mutation").fee) == "1170.00"
        assert Service.objects.get(code="meter").fee is None


class TestASecondLoad:
    def test_an_unchanged_pack_is_skipped_in_a_few_queries(
        self, packs, django_assert_max_num_queries
    ):
        load_country("bd", packs=packs)
        with django_assert_max_num_queries(6):
            assert load_country("bd", packs=packs).skipped

    def test_it_changes_nothing_even_when_forced(self, packs):
        load_country("bd", packs=packs)
        before = RegistryVersion.objects.get(country="bd").stamp
        report = load_country("bd", packs=packs, force=True)
        assert not report.skipped
        assert not any(o.added or o.changed or o.gone for o in report.tables.values())
        assert RegistryVersion.objects.get(country="bd").stamp == before

    def test_only_what_differs_is_written(self, packs):
        load_country("bd", packs=packs)
        replace(packs, "offices.csv", "Public Administration", "Administration")
        report = load_country("bd", packs=packs)
        assert (report.tables["offices"].changed, report.tables["offices"].same) == (1, 4)
        assert Office.objects.get(code="bd-admin").names["en"] == "Administration"
        assert "administration" in Office.objects.get(code="bd-admin").search_text

    def test_offices_below_follow_one_that_moved(self, packs):
        load_country("bd", packs=packs)
        replace(packs, "office_patterns.csv", "district,bd-admin", "district,bd-power")
        load_country("bd", packs=packs)
        uno = Office.objects.get(code="bd-uno-3.47.1")
        assert uno.path == "bd-power/bd-dc-3.47/bd-uno-3.47.1/"
        assert uno.agency.code == "bd-power"

    def test_a_row_that_the_pack_no_longer_names_stays_and_is_counted(self, packs):
        load_country("bd", packs=packs)
        replace(packs, "categories.csv", "land-tax,land,Land tax,,\n", "")
        report = load_country("bd", packs=packs)
        assert report.tables["categories"].gone == 1
        assert Category.objects.filter(code="land-tax", retired_at=None).exists()

    def test_a_number_that_differs_becomes_a_new_version_from_now(self, packs):
        load_country("bd", packs=packs)
        replace(packs, "policies.csv", "forward,5", "forward,4")
        load_country("bd", packs=packs)
        rows = DeadlinePolicy.objects.filter(name="forward").order_by("version")
        assert [(row.version, row.amount) for row in rows] == [(1, 5), (2, 4)]
        assert rows[1].valid_from.year >= 2026

    def test_days_that_come_and_go_are_noted_for_running_clocks(self, packs):
        with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
            load_country("bd", packs=packs)
            replace(packs, "holidays.csv", "2026-10-20", "2026-10-21")
            load_country("bd", packs=packs)
        noted = set(CalendarChange.objects.values_list("date", "kind"))
        assert noted == {(date(2026, 10, 20), "removed"), (date(2026, 10, 21), "added")}

    def test_a_new_year_brings_new_holidays(self, packs):
        with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
            load_country("bd", packs=packs)
        with time_machine.travel(datetime(2027, 1, 2, tzinfo=UTC)):
            assert load_country("bd", packs=packs).tables["holidays"].added > 10

    def test_an_area_that_changed_is_brought_in_line(self, packs):
        line = "bd-x,,bd-ministry,X,,,,,,,{}\n"
        change(packs, "offices.csv", FILES["offices.csv"] + line.format("3.47|3.48"))
        load_country("bd", packs=packs)
        change(packs, "offices.csv", FILES["offices.csv"] + line.format("3.48"))
        load_country("bd", packs=packs)
        assert [place.code for place in Office.objects.get(code="bd-x").places.all()] == ["3.48"]


class TestWhatARegistrarDidByHand:
    def save(self, code: str, **changes: object) -> Office:
        office = Office.objects.get(code=code)
        given = {"type": office.type, "names": office.names, "parent": office.parent, **changes}
        return services.save_office(SYSTEM, office=office, **given)

    def test_an_office_changed_by_hand_stays_as_it_is(self, packs):
        load_country("bd", packs=packs)
        self.save("bd-power", names={"en": "Power and Light"}, aliases=["light"])
        replace(packs, "offices.csv", "bd-power,,bd-ministry,Power", "bd-power,,bd-ministry,Volts")
        report = load_country("bd", packs=packs)
        office = Office.objects.get(code="bd-power")
        assert (office.names, office.aliases) == ({"en": "Power and Light"}, ["light"])
        assert report.tables["offices"].left == 1

    def test_its_path_still_follows_the_offices_above(self, packs):
        load_country("bd", packs=packs)
        self.save("bd-uno-3.47.1", names={"en": "Our UNO"})
        replace(packs, "office_patterns.csv", "district,bd-admin", "district,bd-power")
        load_country("bd", packs=packs)
        office = Office.objects.get(code="bd-uno-3.47.1")
        assert office.names == {"en": "Our UNO"}
        assert office.path == "bd-power/bd-dc-3.47/bd-uno-3.47.1/"

    def test_an_office_moved_by_hand_stays_where_it_is_with_all_below(self, packs):
        load_country("bd", packs=packs)
        self.save("bd-dc-3.47", parent=Office.objects.get(code="bd-power"))
        load_country("bd", packs=packs, force=True)
        path = Office.objects.get(code="bd-uno-3.47.1").path
        assert path == "bd-power/bd-dc-3.47/bd-uno-3.47.1/"

    def test_a_holiday_removed_by_hand_stays_removed(self, packs):
        with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
            load_country("bd", packs=packs)
            services.remove_holiday(SYSTEM, Holiday.objects.get(date="2026-12-16"))
            load_country("bd", packs=packs, force=True)
        assert not Holiday.objects.filter(date="2026-12-16").exists()

    def test_a_holiday_added_by_hand_stays(self, packs):
        with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
            load_country("bd", packs=packs)
            calendar = Calendar.objects.get(code="bd")
            services.add_holiday(
                SYSTEM, calendar=calendar, day=date(2026, 11, 30), names={"en": "Mourning"}
            )
            load_country("bd", packs=packs, force=True)
        assert Holiday.objects.get(date="2026-11-30").names == {"en": "Mourning"}

    def test_a_number_set_by_hand_stays(self, packs):
        load_country("bd", packs=packs)
        services.set_policy(SYSTEM, country="bd", name="forward", amount=2, unit="calendar_days")
        replace(packs, "policies.csv", "forward,5", "forward,4")
        load_country("bd", packs=packs)
        assert DeadlinePolicy.objects.filter(name="forward").latest("version").amount == 2

    def test_a_service_removed_by_hand_stays_removed(self, packs):
        load_country("bd", packs=packs)
        services.remove_service(SYSTEM, Service.objects.get(code="meter"))
        load_country("bd", packs=packs, force=True)
        assert not Service.objects.filter(code="meter").exists()

    def test_a_category_taken_out_of_use_stays_out(self, packs):
        load_country("bd", packs=packs)
        services.retire_category(SYSTEM, Category.objects.get(code="land-tax"))
        load_country("bd", packs=packs, force=True)
        assert Category.objects.get(code="land-tax").retired_at is not None
