"""The tables of the room, by what they are about."""

from systems.models.cities import City, Forwarding
from systems.models.deliveries import Delivery, Endpoint, Followed, Reading
from systems.models.past import Doubt, Import
from systems.models.references import Reference
from systems.models.statuses import Meaning
from systems.models.system import System

__all__ = [
    "City",
    "Delivery",
    "Doubt",
    "Endpoint",
    "Followed",
    "Forwarding",
    "Import",
    "Meaning",
    "Reading",
    "Reference",
    "System",
]
