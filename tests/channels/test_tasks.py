"""What the channels' tasks ask of each other."""

import json
from typing import Any

from channels import tasks
from tests.channels.talking import Person


def asked_for(broker: Any) -> list[str]:
    """The names of the tasks that wait for a worker."""
    return [json.loads(task)["headers"]["task"] for task in broker.lrange("celery", 0, -1)]


def test_what_is_said_back_leaves_at_once(rahima: Person, broker: Any) -> None:
    rahima.send("The electricity meter shows a wrong number and nobody comes.")
    tasks.take_messages()
    assert asked_for(broker) == ["channels.tasks.deliver_notices"]


def test_where_nothing_came_nothing_is_asked_for(rahima: Person, broker: Any) -> None:
    tasks.take_messages()
    assert asked_for(broker) == []
