"""Two portals talk: one hands a case over by Open311, the other (this one again) takes and publishes it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from complaints.models import Case
from systems.cities import linking, reading, sending
from systems.cities.asking import Asking
from systems.inward import statuses
from systems.inward.meaning import Row
from systems.models.system import Way
from systems.services import joining
from tests.channels.open311 import new_key
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.handing_over import words_of


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_case_goes_to_another_portal_and_its_answer_comes_back(
    live_server: Any, scene: Scene, clock: time_machine.Traveller, form: str
) -> None:
    key = new_key(scene)[1]
    registrar = scene.actor(scene.cast.registrar)
    office = scene.cast.department
    city = joining.join(
        registrar, name="Other Portal", office=office, scopes=[], way=Way.OPEN311
    ).system
    url = f"{live_server.url}/en/open311/v2/"
    linking.set_city(registrar, city, url=url, jurisdiction="bd", key=key, publishes=False)
    assert {"roads"} <= {service.code for service in linking.ask_now(city.city)}
    if form == "xml":
        cache.set(Asking(city.city)._known("form"), "xml", timeout=10**6)
    linking.set_services(registrar, city, {"": "roads"})
    focal = scene.actor(scene.cast.focal)
    table = [Row("closed", "answer", {"outcome": "resolved", "cause": "system"})]
    statuses.set_table(actor=focal, system=city, rows=table)

    ours = Play(scene, text="The lamp in front of the school has been dark for weeks.").forward()
    assert sending.send_due() == 1
    theirs = Play.__new__(Play)
    theirs.scene, theirs.cast = scene, scene.cast
    there = Case.objects.exclude(number=ours.number).get()
    theirs.number = there.number
    assert there.channel == "open311"
    assert f"[{ours.number}]" in there.text
    assert ours.state == "in_progress"

    # The other side publishes and works on it.
    Case.objects.filter(pk=there.pk).update(publish_consent=True)
    theirs.publish()
    clock.shift(timedelta(minutes=31))
    theirs.forward(to=scene.cast.rival_ministry)
    assert reading.read_due() > 0
    assert ours.state == "in_progress"
    assert any("Other Portal writes" in said for said in words_of(ours, "message"))
