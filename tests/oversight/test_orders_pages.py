"""The pages of ordered files: whose they are, how far they are, the file as it is saved."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from agencies.models import Post
from complaints import moment
from oversight.models import FileOrder
from oversight.orders import kinds
from oversight.orders.kinds import Kind
from oversight.orders.making import claim, make_next
from tests.factories.agencies import make_officer
from tests.oversight.conftest import House
from tests.oversight.ordering import Maker, order_of
from tests.oversight.ordering import maker as maker

pytestmark = pytest.mark.django_db


def ordered(house: House, who: str = "overseer", n: int = 1) -> FileOrder:
    return order_of(n, actor=house.scene.actor(getattr(house.cast, who)))


def downloaded(house: House, order: FileOrder) -> bool:
    """Whether the file comes."""
    answer: Any = house.client.get(f"/en{path_of(order, 'download/')}")
    return answer.status_code == 200 and bool(b"".join(answer.streaming_content))


def path_of(order: FileOrder, end: str = "") -> str:
    return f"/oversight/files/{order.pk}/{end}"


def ordered_with_two_posts(house: House, **post: Any) -> tuple[User, Post, FileOrder]:
    """Somebody of the desk who also is, or was, an overseer has ordered a file, and has it."""
    both = make_officer("Both Posts", Role.DESK, house.cast.rival_ministry)
    held = {"held_from": moment.now() - timedelta(days=2), "held_to": None} | post
    second = Post.objects.create(
        user=both, role=Role.OVERSEER, office=house.cast.rival_ministry, **held
    )
    order = order_of(1, actor=house.scene.actor(both))
    make_next()
    house.other = both
    house.sign_in("other")
    assert downloaded(house, order)
    return both, second, order


class TestTheList:
    def test_nothing_yet_is_said(self, house: House) -> None:
        assert "You have no files" in house.page("/oversight/files/")

    def test_ones_own_alone_with_how_far_each_is(self, house: House, maker: Maker) -> None:
        first = ordered(house)
        ordered(house, n=2)
        ordered(house, "auditor", n=3)
        make_next()
        html = house.page("/oversight/files/")
        assert f'href="/en{path_of(first, "download/")}"' in html
        assert "Table 2" in html
        assert "Waiting" in html
        assert "Table 3" not in html

    def test_what_is_over_is_gone(self, house: House, maker: Maker) -> None:
        order = ordered(house)
        make_next()
        house.day(8)
        assert "You have no files" in house.page("/oversight/files/")
        house.page(path_of(order, "download/"), status=404)


class TestOneFile:
    def test_while_it_waits_the_page_asks_by_itself(self, house: House, maker: Maker) -> None:
        html = house.page(path_of(ordered(house)))
        assert "<h1" in html
        assert 'hx-trigger="every 2s"' in html
        assert "htmx.min.js" in html
        assert "Look again" in html

    def test_how_much_is_done_is_shown(self, house: House, maker: Maker) -> None:
        order = ordered(house)
        claim()
        assert "It has been begun." in house.page(path_of(order))
        FileOrder.objects.update(done=30, whole=120)
        html = house.page(path_of(order))
        assert "25% is done." in html
        assert 'value="25"' in html

    def test_the_part_that_changes_comes_alone_and_stops_when_it_is_there(
        self, house: House, maker: Maker
    ) -> None:
        order = ordered(house)
        make_next()
        part = house.client.get(f"/en{path_of(order)}", headers={"HX-Request": "true"})
        html = part.content.decode()
        assert html.startswith('<div id="file-state">')
        assert "hx-get" not in html
        assert "<h1" not in html
        assert "Download" in html

    def test_one_that_failed_says_what_to_do_and_is_tried_again(
        self, house: House, maker: Maker
    ) -> None:
        order = ordered(house)
        FileOrder.objects.update(status="failed", tries=3)
        html = house.page(path_of(order))
        assert "could not be made" in html
        assert "Try once more</button>" in html
        house.page(path_of(order, "download/"), status=404)
        sent = house.client.post(f"/en{path_of(order, 'again/')}")
        assert sent["Location"] == f"/en{path_of(order)}"
        assert FileOrder.objects.get().status == "waiting"

    def test_of_a_file_for_all_only_whoever_ordered_it_tries_again(
        self, house: House, maker: Maker
    ) -> None:
        shared = Kind("table", title=lambda _order: "Table", make=maker, may=lambda *_: True)
        kinds._KINDS["table"] = shared
        order = ordered(house, "auditor")
        FileOrder.objects.update(status="failed", tries=3)
        html = house.page(path_of(order))
        assert "could not be made" in html
        assert "Try once more</button>" not in html
        assert house.client.post(f"/en{path_of(order, 'again/')}").status_code == 404
        assert FileOrder.objects.get().status == "failed"

    def test_trying_again_leaves_a_finished_one_as_it_is(self, house: House, maker: Maker) -> None:
        order = ordered(house)
        make_next()
        house.client.post(f"/en{path_of(order, 'again/')}")
        assert FileOrder.objects.get().status == "done"


class TestTheDownload:
    def test_it_is_saved_and_never_run_or_kept(self, house: House, maker: Maker) -> None:
        order = ordered(house)
        make_next()
        sent = house.client.get(f"/en{path_of(order, 'download/')}")
        assert b"".join(sent.streaming_content) == maker.content  # type: ignore[attr-defined]
        sent.close()
        assert sent["Content-Type"] == "text/csv"
        assert sent["Content-Disposition"] == 'attachment; filename="table.csv"'
        assert sent["Content-Length"] == "12"
        assert "sandbox" in sent["Content-Security-Policy"]
        assert sent["Cache-Control"] == "private, no-store"

    def test_who_was_barred_from_a_case_since_orders_it_again(
        self, house: House, maker: Maker
    ) -> None:
        order = ordered(house)
        make_next()
        assert downloaded(house, order)
        house.clock.shift(timedelta(minutes=5))
        house.about_the_overseer()
        html = house.page(path_of(order, "download/"), status=403)
        assert "Order it again." in html
        assert 'download/" download' not in html
        assert "Order it again." in house.page(path_of(order))
        house.clock.shift(timedelta(minutes=5))
        new = ordered(house)
        assert new.pk != order.pk
        make_next()
        assert downloaded(house, new)
        assert ordered(house).pk == new.pk

    def test_who_lost_a_role_since_orders_it_again(self, house: House, maker: Maker) -> None:
        """It may hold what the other post alone may read; whoever has the role again may have it."""
        both, post, order = ordered_with_two_posts(house)
        house.clock.shift(timedelta(minutes=5))
        post.held_to = moment.now()
        post.save()
        html = house.page(path_of(order, "download/"), status=403)
        assert "Order it again." in html
        assert "Order it again." in house.page(path_of(order))
        assert order_of(1, actor=house.scene.actor(both)).pk != order.pk
        Post.objects.create(user=both, role=Role.OVERSEER, office=house.cast.rival_ministry)
        assert downloaded(house, order)

    def test_a_role_lost_before_it_was_ordered_takes_nothing(
        self, house: House, maker: Maker
    ) -> None:
        ordered_with_two_posts(house, held_to=moment.now() - timedelta(days=1))

    def test_without_any_role_nothing_is_had(self, house: House, maker: Maker) -> None:
        order = ordered(house)
        make_next()
        house.clock.shift(timedelta(minutes=5))
        Post.objects.filter(user=house.cast.overseer).update(held_to=moment.now())
        house.page(path_of(order, "download/"), status=403)

    def test_a_bar_on_somebody_else_takes_nobodys_file(self, house: House, maker: Maker) -> None:
        order = ordered(house, "head")
        make_next()
        house.clock.shift(timedelta(minutes=5))
        house.about_the_overseer()
        house.sign_in("head")
        assert downloaded(house, order)
        assert ordered(house, "head").pk == order.pk

    def test_before_it_is_there_there_is_none(self, house: House, maker: Maker) -> None:
        house.page(path_of(ordered(house), "download/"), status=404)

    def test_a_file_that_is_lost_is_not_there(self, house: House, maker: Maker) -> None:
        order = ordered(house)
        make_next()
        FileOrder.objects.update(file="orders/lost")
        house.page(path_of(order, "download/"), status=404)

    @pytest.mark.parametrize("who", ["auditor", "desk", "focal"])
    def test_it_is_nobody_elses(self, house: House, maker: Maker, who: str) -> None:
        order = ordered(house)
        make_next()
        house.sign_in(who)
        for end in ("", "download/"):
            house.page(path_of(order, end), status=404)
        assert house.client.post(f"/en{path_of(order, 'again/')}").status_code == 404

    def test_visitors_are_asked_to_sign_in(self, house: House, maker: Maker) -> None:
        order = ordered(house)
        make_next()
        answer = Client().get(f"/en{path_of(order, 'download/')}")
        assert answer.status_code == 302
        assert "login" in answer["Location"]

    def test_a_kind_that_is_no_longer_made_is_nobodys(self, house: House, maker: Maker) -> None:
        order = ordered(house)
        FileOrder.objects.update(what="gone")
        house.page(path_of(order), status=404)
        assert "You have no files" in house.page("/oversight/files/")
