"""The pages of the registry: what is shown, what is done, what is refused."""

import re

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from accounts.roles import Role
from agencies import selectors, services
from agencies.forms.numbers import CalendarForm
from agencies.models import CalendarChange, Category, DeadlinePolicy, Office, Post, Service
from agencies.policies import DEFAULTS
from tests.factories.agencies import make_office, make_officer, make_post, make_user


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_overview_is_served_in_each_language(pages, language):
    assert pages.get(f"/{language}/registry/").headers["Content-Language"] == language


def test_the_overview_leads_to_the_rules(pages):
    assert f'href="{reverse("rules")}"' in pages.get(reverse("registry")).content.decode()


class TestOffices:
    def test_the_tree_is_walked_from_the_top(self, cast, pages, django_assert_max_num_queries):
        with django_assert_max_num_queries(14):
            top = pages.get(reverse("registry-offices")).content.decode()
        assert "Ministry of Power" in top
        assert "Grid Department" not in top
        below = pages.get(reverse("registry-offices"), {"under": "power"}).content.decode()
        assert "Grid Department" in below

    def test_a_search_finds_by_name_alias_and_type(self, cast, pages):
        for query in ({"words": "kaliakair"}, {"type": "grid-upazila"}):
            page = pages.get(reverse("registry-offices"), query).content.decode()
            assert "Grid Office Kaliakair" in page
            assert "Ministry of Roads" not in page

    def test_a_search_without_an_answer_says_so(self, pages):
        page = pages.get("/en/registry/offices/", {"words": "zzzz"}).content.decode()
        assert "No office fits" in page

    def test_a_page_number_out_of_range_gives_the_nearest(self, pages):
        assert pages.get(reverse("registry-offices"), {"page": "999"}).status_code == 200

    def test_an_office_is_added_below_another(self, cast, pages):
        response = pages.post(
            reverse("registry-office-new"),
            {
                "code": "grid-north",
                "name_bn": "উত্তর গ্রিড",
                "name_en": "Northern Grid",
                "type": cast.department.type_id,
                "parent": "power",
                "aliases": "NG\nnorth grid",
                "places": "3.47, 3.48",
            },
        )
        assert response.status_code == 302
        made = Office.objects.get(code="grid-north")
        assert made.path == "power/grid-north/"
        assert made.aliases == ["ng", "north grid"]
        assert set(made.places.all()) == {cast.district, cast.other_district}

    def test_what_is_wrong_is_said_at_its_field(self, cast, pages):
        response = pages.post(
            "/en/registry/offices/new/",
            {
                "code": "Bad Code!",
                "name_bn": "x",
                "type": cast.department.type_id,
                "parent": "grid",
            },
        )
        assert response.status_code == 200
        assert "code" in response.context["form"].errors

    def test_an_ambiguous_name_offers_codes(self, cast, pages):
        form = {"name_bn": "x", "type": cast.department.type_id, "parent": "Grid Office"}
        response = pages.post("/en/registry/offices/new/", {"code": "a", **form})
        [error] = response.context["form"].errors["parent"]
        assert "grid-district-3.47" in error
        assert "grid-upazila-3.47.1" in error

    @pytest.mark.parametrize("language", ["en", "bn", "id"])
    def test_codes_stand_as_they_are_in_every_language(self, cast, pages, language):
        form = {"code": "a", "name_bn": "x", "type": cast.department.type_id}
        form |= {"parent": "Grid Office", "places": "9.9"}
        page = pages.post(f"/{language}/registry/offices/new/", form).content.decode()
        # At the field and in the summary.
        assert page.count("grid-district-3.47 (") == 2
        assert len(re.findall(r"\b9\.9(?!<)", page)) == 2

    def test_an_unknown_place_is_named(self, cast, pages):
        form = {"code": "a", "name_bn": "x", "type": cast.department.type_id, "places": "9.9"}
        response = pages.post("/en/registry/offices/new/", form)
        assert "9.9" in response.context["form"].errors["places"][0]

    def test_a_link_to_anything_but_the_web_is_refused(self, cast, pages):
        form = {"name_bn": "x", "type": cast.department.type_id, "website": "javascript://x"}
        response = pages.post(reverse("registry-office-edit", args=["grid"]), form)
        assert "website" in response.context["form"].errors

    def test_the_form_of_an_office_holds_what_it_has(self, cast, pages):
        page = pages.get(reverse("registry-office-edit", args=["grid-district-3.47"]))
        content = page.content.decode()
        assert 'value="grid"' in content
        assert "3.47</textarea>" in content
        assert 'name="code"' not in content

    def test_an_office_is_closed_after_asking_and_opened_again(self, cast, pages):
        url = reverse("registry-office-close", args=["grid"])
        assert pages.get(url).status_code == 200
        assert Office.objects.get(code="grid").closed_at is None
        pages.post(url)
        assert Office.objects.get(code="grid").closed_at is not None
        pages.post(reverse("registry-office-reopen", args=["grid"]))
        assert Office.objects.get(code="grid").closed_at is None

    def test_a_second_click_on_close_is_told_and_changes_nothing(self, cast, pages):
        url = reverse("registry-office-close", args=["grid"])
        pages.post(url)
        closed = Office.objects.get(code="grid").closed_at
        assert "closed already" in pages.post(f"/en{url}", follow=True).content.decode()
        assert Office.objects.get(code="grid").closed_at == closed

    def test_an_office_of_another_country_is_not_shown(self, cast, pages):
        make_office("abroad", "Abroad", country="id")
        assert pages.get(reverse("registry-office", args=["abroad"])).status_code == 404

    def test_names_are_escaped(self, cast, pages):
        make_office("odd", "<script>alert(1)</script>")
        page = pages.get(reverse("registry-office", args=["odd"])).content.decode()
        assert "<script>alert" not in page


class TestPosts:
    def url(self, cast) -> str:
        return reverse("registry-post-new", args=[cast.upazila_office.code])

    def test_a_post_is_given_to_somebody_who_is_there(self, cast, pages):
        pages.post(self.url(cast), {"email": cast.alice.email.upper(), "role": "focal"})
        assert selectors.holders(cast.upazila_office.pk, Role.FOCAL)[0].user == cast.alice

    def test_a_post_is_given_to_somebody_new_with_a_name(self, cast, pages):
        form = {"email": "new@example.org", "role": "focal"}
        refused = pages.post(self.url(cast), form)
        assert "name" in refused.context["form"].errors
        pages.post(self.url(cast), {**form, "name": "Nadia New"})
        made = User.objects.get(email="new@example.org")
        assert (made.name, made.has_usable_password()) == ("Nadia New", False)
        assert Post.objects.get(user=made).office == cast.upazila_office

    def test_nobody_gives_a_post_to_themselves(self, cast, pages):
        response = pages.post(self.url(cast), {"email": cast.registrar.email, "role": "focal"})
        assert "email" in response.context["form"].errors
        assert not Post.objects.filter(office=cast.upazila_office).exists()

    def test_no_account_is_left_behind_when_the_post_is_refused(self, cast, pages):
        cast.upazila_office.closed_at = timezone.now()
        cast.upazila_office.save()
        form = {"email": "new@example.org", "name": "New", "role": "focal"}
        assert pages.post(self.url(cast), form).status_code == 200
        assert not User.objects.filter(email="new@example.org").exists()

    def test_a_post_changes_hands(self, cast, pages):
        post = Post.objects.get(user=cast.focal)
        pages.post(reverse("registry-post-hand-over", args=[post.pk]), {"email": cast.alice.email})
        post.refresh_from_db()
        [new] = selectors.holders(cast.department.pk, Role.FOCAL)
        assert (new.user, new.held_from) == (cast.alice, post.held_to)

    def test_a_post_ends_now_or_with_a_day(self, cast, pages):
        now, later = Post.objects.get(user=cast.focal), Post.objects.get(user=cast.head)
        pages.post(reverse("registry-post-end", args=[now.pk]))
        pages.post(reverse("registry-post-end", args=[later.pk]), {"ends": "2099-12-31"})
        assert selectors.holders(cast.department.pk, Role.FOCAL) == []
        later.refresh_from_db()
        assert later.held_to.isoformat() == "2099-12-31T18:00:00+00:00"  # midnight in Dhaka

    def test_the_list_is_narrowed_by_name_and_role(self, cast, pages):
        url = reverse("registry-posts")
        page = pages.get(url, {"words": "rival", "role": "focal"}).content.decode()
        assert "Rival Focal" in page
        assert "Rival Case Officer" not in page

    def test_ended_posts_are_shown_when_asked_for(self, cast, pages):
        Post.objects.filter(user=cast.head).update(held_to=timezone.now())
        url = reverse("registry-posts")
        [pk] = Post.objects.filter(user=cast.head).values_list("pk", flat=True)
        assert pk not in {post.pk for post in pages.get(url).context["page"]}
        assert pk in {post.pk for post in pages.get(url, {"ended": "on"}).context["page"]}


class TestCategoriesAndServices:
    def test_a_category_is_added_changed_and_taken_out_of_use(self, cast, pages):
        form = {"code": "potholes", "name_bn": "গর্ত", "parent": cast.roads.pk, "order": 3}
        pages.post(reverse("registry-category-new"), form)
        made = Category.objects.get(code="potholes")
        assert made.path == "roads/potholes/"
        pages.post(reverse("registry-category", args=["potholes"]), {"name_bn": "খানা", "order": 1})
        made.refresh_from_db()
        assert (made.names, made.path) == ({"bn": "খানা"}, "potholes/")
        retire = reverse("registry-category-retire", args=["potholes"])
        pages.post(retire)
        assert made not in selectors.categories("bd")
        pages.post(retire, {"restore": "1"})
        assert made in selectors.categories("bd")

    def test_a_category_is_not_offered_as_its_own_parent(self, cast, pages):
        form = {"name_bn": "x", "parent": cast.billing.pk, "order": 0}
        response = pages.post(reverse("registry-category", args=["electricity"]), form)
        assert "parent" in response.context["form"].errors

    def test_a_service_is_added_changed_and_removed(self, cast, pages):
        form = {
            "code": "new-meter",
            "name_bn": "নতুন মিটার",
            "category": cast.electricity.pk,
            "office": "grid",
            "days": 7,
            "working_days": "on",
            "fee": "450.50",
            "officer_role": "focal",
            "what_bn": "একটি মিটার",
        }
        pages.post(reverse("registry-service-new"), form)
        made = Service.objects.get(code="new-meter")
        assert (made.office, made.days, str(made.fee)) == (cast.department, 7, "450.50")
        assert made.what == {"bn": "একটি মিটার"}
        pages.post(reverse("registry-service", args=["new-meter"]), {**form, "days": 5, "fee": ""})
        made.refresh_from_db()
        assert (made.days, made.fee) == (5, None)
        assert (
            "new-meter"
            in pages.get(reverse("registry-services"), {"words": "মিটার"}).content.decode()
        )
        pages.post(reverse("registry-service-remove", args=["new-meter"]))
        assert not Service.objects.filter(code="new-meter").exists()

    def test_a_service_is_promised_by_an_office_or_a_type_not_both(self, cast, pages):
        form = {"code": "x", "name_bn": "x", "category": cast.roads.pk, "days": 1}
        form |= {"officer_role": "focal"}
        both = {**form, "office": "grid", "office_type": cast.district_office.type_id}
        for given in (form, both):
            response = pages.post(reverse("registry-service-new"), given)
            assert "office" in response.context["form"].errors


class TestCalendars:
    def test_a_day_off_is_added_and_noted_for_running_clocks(self, cast, pages):
        url = reverse("registry-calendar", args=["bd"])
        response = pages.post(url, {"day": "2027-03-26", "name_bn": "স্বাধীনতা দিবস"})
        assert response["Location"].endswith("?year=2027")
        assert CalendarChange.objects.get().kind == "added"

    def test_the_same_day_twice_is_refused(self, cast, pages):
        url = reverse("registry-calendar", args=["bd"])
        response = pages.post(url, {"day": "2026-12-16", "name_bn": "x"})
        assert "day" in response.context["form"].errors

    def test_a_day_becomes_a_working_day_again(self, cast, pages):
        holiday = cast.calendar.holidays.get()
        pages.post(reverse("registry-holiday-remove", args=[holiday.pk]))
        assert not cast.calendar.holidays.exists()
        assert CalendarChange.objects.get().kind == "removed"

    @pytest.mark.parametrize("year", ["", "x", "0", "99999", "1900", "২০২৬"])
    def test_a_year_that_is_none_gives_this_year(self, pages, year):
        page = pages.get(reverse("registry-calendar", args=["bd"]), {"year": year})
        assert page.context["year"] == timezone.localdate().year

    def test_the_hint_names_a_zone_of_the_country(self):
        with override_settings(TIME_ZONE="Asia/Jakarta"), override("en"):
            hint = CalendarForm().fields["time_zone"].help_text
        assert hint == "Its name in the tz database, such as Asia/Jakarta."

    def test_a_calendar_is_added_and_changed(self, cast, pages):
        form = {"code": "port", "name_bn": "বন্দর", "time_zone": "Asia/Dhaka", "weekend": ["5"]}
        pages.post(reverse("registry-calendar-new"), form)
        edit = reverse("registry-calendar-edit", args=["port"])
        pages.post(edit, {**form, "weekend": ["5", "6"]})
        page = pages.get(reverse("registry-calendars")).content.decode()
        assert "বন্দর" in page
        refused = pages.post(edit, {**form, "time_zone": "Mars/Olympus"})
        assert "time_zone" in refused.context["form"].errors


class TestDeadlines:
    def test_every_number_is_listed_with_its_default(self, pages):
        page = pages.get("/en/registry/deadlines/")
        assert len(page.context["policies"]) == len(DEFAULTS)
        assert "default" in page.content.decode()

    def test_a_new_version_holds_from_now_on(self, cast, pages):
        url = reverse("registry-deadline", args=["resolve"])
        pages.post(url, {"amount": 7, "unit": "working_days", "agency": "grid"})
        row = DeadlinePolicy.objects.get()
        assert (row.amount, row.agency, row.version) == (7, cast.department, 1)

    @pytest.mark.parametrize(
        ("form", "wrong"),
        [
            ({"amount": 0, "unit": "calendar_days"}, "amount"),
            ({"amount": -1, "unit": "calendar_days"}, "amount"),
            ({"amount": 5, "unit": "hours"}, "unit"),
            ({"amount": 5, "unit": "calendar_days", "begins": "2020-01-01"}, "begins"),
            ({"amount": 5, "unit": "calendar_days", "agency": "grid-district-3.47"}, "agency"),
        ],
    )
    def test_a_wrong_number_is_refused(self, pages, form, wrong):
        response = pages.post(reverse("registry-deadline", args=["resolve"]), form)
        errors = response.context["form"].errors
        assert wrong in errors
        assert not DeadlinePolicy.objects.exists()


class TestHealth:
    def counts(self, pages) -> dict[str, int]:
        return pages.get(reverse("registry-health")).context["counts"]

    def test_it_counts_offices_without_a_focal_officer(self, cast, pages):
        before = self.counts(pages)["without_focal"]
        make_officer("Newcomer", Role.FOCAL, cast.upazila_office)
        assert self.counts(pages)["without_focal"] == before - 1

    def test_it_shows_a_post_that_nobody_holds_any_more(self, cast, pages):
        assert self.counts(pages)["empty_posts"] == 0
        Post.objects.filter(user=cast.head).update(held_to=timezone.now())
        User.objects.filter(pk=cast.focal.pk).update(is_active=False)
        page = pages.get("/en/registry/health/", {"list": "empty-posts"}).content.decode()
        assert "Head of office" in page
        assert "switched off" in page

    def test_it_shows_orphans_and_what_they_lie_below(self, cast, pages):
        services.close_office(selectors.actor_for(cast.registrar), cast.department)
        page = pages.get("/en/registry/health/", {"list": "orphans"}).content.decode()
        assert "Grid Office Gazipur" in page

    def test_it_shows_the_places_that_a_type_leaves_out(self, cast, pages):
        page = pages.get("/en/registry/health/", {"list": "areas"}).content.decode()
        assert re.search(r"1 of 2", page)
        places = pages.get(reverse("registry-uncovered", args=["grid-district"]))
        assert [place.code for place in places.context["page"]] == ["3.48"]

    def test_a_list_that_is_none_gives_the_first(self, pages):
        page = pages.get(reverse("registry-health"), {"list": "<b>"})
        assert page.context["table"] == "without-focal"


def test_places_are_found_by_tree_and_by_words(cast, pages):
    url = reverse("registry-places")
    assert [place.code for place in pages.get(url).context["page"]] == ["3"]
    assert len(pages.get(url, {"under": "3"}).context["page"].object_list) == 2
    found = pages.get(url, {"words": "গাজীপুর"}).context["page"].object_list
    assert found == [cast.district]


def test_the_log_says_who_changed_what(cast, pages):
    services.hold_post(
        selectors.actor_for(cast.registrar),
        user=make_user("Somebody"),
        role=Role.FOCAL,
        office=cast.upazila_office,
    )
    page = pages.get("/en/registry/changes/").content.decode()
    assert "grid-upazila-3.47.1/focal" in page
    assert "Registrar" in page


def test_a_registrar_whose_post_has_ended_is_out(cast, pages):
    Post.objects.filter(user=cast.registrar).update(held_to=timezone.now())
    assert pages.get(reverse("registry")).status_code == 403
    make_post(cast.registrar, Role.REGISTRAR, cast.ministry)
    assert pages.get(reverse("registry")).status_code == 200
