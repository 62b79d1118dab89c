"""Who may look at which dashboard: the country, one's own office, nobody else's."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.roles import Role
from tests.factories.agencies import make_officer
from tests.oversight.audits import audit_for
from tests.oversight.conftest import House
from tests.oversight.dashboards import counted

COUNTRY = ["/oversight/", "/oversight/escalations/"]
EVERYWHERE = [*COUNTRY, "/oversight/agency/roads/", "/oversight/cases/", "/oversight/saved/"]
OUTSIDERS = ["case_officer", "operator", "registrar", "alice"]


class TestThoseWhoSeeAll:
    @pytest.mark.parametrize("path", EVERYWHERE)
    @pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
    def test_get_everywhere(self, house: House, who: str, path: str) -> None:
        house.sign_in(who)
        house.page(path)

    @pytest.mark.parametrize("path", EVERYWHERE)
    @pytest.mark.parametrize("who", OUTSIDERS)
    def test_others_get_nowhere(self, house: House, who: str, path: str) -> None:
        house.sign_in(who)
        assert "You can’t see this page" in house.page(path, 403)

    @pytest.mark.parametrize("path", EVERYWHERE)
    def test_a_visitor_is_asked_to_sign_in(self, house: House, path: str) -> None:
        house.client.logout()
        answer = house.client.get(f"/en{path}")
        assert answer.status_code == 302
        assert "login" in answer["Location"]

    @pytest.mark.parametrize("path", EVERYWHERE)
    def test_no_browser_keeps_what_they_see(self, house: House, path: str) -> None:
        assert "no-store" in house.client.get(f"/en{path}")["Cache-Control"]

    @pytest.mark.parametrize("path", [*COUNTRY, "/oversight/agency/grid/", "/oversight/cases/"])
    def test_figures_are_only_read(self, house: House, path: str) -> None:
        assert house.client.post(f"/en{path}").status_code == 405

    @pytest.mark.parametrize("code", ["nothing", "%00", "grid%2Fx"])
    def test_an_office_that_there_is_not_is_not_found(self, house: House, code: str) -> None:
        house.page(f"/oversight/agency/{code}/", 404)


class TestThoseWhoLeadAnOffice:
    @pytest.mark.parametrize(
        ("who", "code"), [("head", "grid"), ("focal", "grid"), ("ministry_head", "power")]
    )
    def test_they_are_led_from_the_country_to_their_own(
        self, house: House, who: str, code: str
    ) -> None:
        house.sign_in(who)
        answer = house.client.get("/en/oversight/")
        assert answer["Location"] == f"/en/oversight/agency/{code}/"
        assert 'href="/en/oversight/"' in house.page(f"/oversight/agency/{code}/")

    def test_they_look_at_what_lies_below_theirs(self, house: House) -> None:
        house.sign_in("head")
        for code in ("grid", "grid-district-3.47", "grid-upazila-3.47.1"):
            house.page(f"/oversight/agency/{code}/")
            house.page(f"/oversight/cases/?office={code}")

    @pytest.mark.parametrize("code", ["power", "roads", "cabinet"])
    def test_they_never_look_above_it_or_beside_it(self, house: House, code: str) -> None:
        house.sign_in("head")
        house.page(f"/oversight/agency/{code}/", 403)
        house.page(f"/oversight/cases/?office={code}", 403)

    def test_whose_code_begins_like_theirs_is_no_office_below(self, house: House) -> None:
        house.cast.rival_ministry.path = "power-roads/"
        house.cast.rival_ministry.save(update_fields=["path"])
        house.sign_in("ministry_head")
        house.page("/oversight/agency/roads/", 403)

    def test_the_list_without_an_office_is_of_their_own(self, house: House) -> None:
        own, other = house.forwarded(), house.forwarded(house.cast.rival_ministry)
        counted(house).sign_in("head")
        html = house.page("/oversight/cases/")
        assert own.number in html
        assert other.number not in html

    def test_who_leads_two_offices_can_go_from_one_to_the_other(self, house: House) -> None:
        both = make_officer("Of Both", Role.HEAD, house.cast.rival_ministry)
        both.posts.create(role=Role.FOCAL, office=house.cast.district_office)
        house.client.force_login(both)
        html = house.page("/oversight/agency/roads/")
        assert "/en/oversight/agency/grid-district-3.47/" in html
        house.page("/oversight/agency/grid-district-3.47/")
        house.page("/oversight/agency/grid/", 403)

    def test_the_way_up_ends_at_their_own(self, house: House) -> None:
        house.sign_in("head")
        html = house.page("/oversight/agency/grid-district-3.47/")
        assert "/en/oversight/agency/grid/" in html
        assert "/en/oversight/agency/power/" not in html

    def test_they_read_nothing_of_call_backs_pressure_and_the_portals_health(
        self, house: House
    ) -> None:
        for _number in range(5):
            receipt = house.confirmed()
            audit_for(house.scene, receipt, result="solved", done_at=timezone.now())
        counted(house)
        said = (
            "Is it true?",
            "Read the calls",
            "Pressed to give up",
            "Does the portal itself work?",
        )
        whole = house.page("/oversight/") + house.page("/oversight/agency/grid/")
        assert all(words in whole for words in said)
        for who in ("head", "focal", "ministry_head"):
            house.sign_in(who)
            cache.clear()
            html = house.page("/oversight/agency/grid/")
            assert not [words for words in said if words in html], who
            assert "/oversight/escalations/" not in html
            assert "Screens of oversight" not in html

    def test_who_lost_the_post_gets_nowhere(self, house: House) -> None:
        house.cast.head.posts.all().delete()
        house.sign_in("head")
        house.page("/oversight/agency/grid/", 403)
