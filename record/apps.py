"""The room of the record: the chain's arithmetic, one log over all events, signed heads."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordConfig(AppConfig):
    """The log and what is published of it."""

    name = "record"
    verbose_name = _("Record")
