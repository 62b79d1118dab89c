"""The registry: who answers for what, where, and by when."""

from agencies.models.calendars import Calendar, CalendarChange, Holiday
from agencies.models.categories import Category, Service
from agencies.models.offices import Office, OfficeArea, OfficeType, Post
from agencies.models.places import Place
from agencies.models.policies import DeadlinePolicy
from agencies.models.registry import RegistryChange, RegistryVersion

__all__ = [
    "Calendar",
    "CalendarChange",
    "Category",
    "DeadlinePolicy",
    "Holiday",
    "Office",
    "OfficeArea",
    "OfficeType",
    "Place",
    "Post",
    "RegistryChange",
    "RegistryVersion",
    "Service",
]
