"""What a board is asked, in its address: some of the dashboards' filters, and perhaps one agency."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agencies.models import Office
from agencies.selectors import office_by_code
from oversight.dashboards.asking import Asked, form_of, read

PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Board:
    """The question of a board. `mistakes` are sentences about what was left out of the address."""

    asked: Asked
    fields: tuple[str, ...]
    agency: Office | None
    mistakes: tuple[str, ...]

    def query(self, **more: object) -> str:
        """The query of an address that asks the same, the period always in it, with changes."""
        agency = self.agency.code if self.agency else None
        return self.asked.with_(**{PERIOD: self.asked.period.code, "agency": agency} | more)

    def context(self, **kept: str) -> dict[str, Any]:
        """For the templates: the form, and what stays in the address beside it."""
        fields = [field for field in form_of(self.asked) if field["name"] in self.fields]
        without = self.query(agency=None, **kept) if self.agency else ""
        if self.agency is not None:
            kept["agency"] = self.agency.code
        return {
            "board": self,
            "asked": self.asked,
            "form_fields": fields,
            "kept": list(kept.items()),
            "without_agency": without,
        }

    def as_view(self, request: HttpRequest, name: str) -> dict[str, str]:
        """For the form that keeps it as a view of one's own: its path, and what it is called."""
        parts = [name, *([self.agency.name] if self.agency else []), self.asked.period_words]
        return {"path": request.path_info, "view_name": ", ".join(parts)[:80]}


def asked_of(
    request: HttpRequest, *, fields: tuple[str, ...] = (), usual: str = "", by_agency: bool = False
) -> Board:
    """Read the address: the period (`usual` where there is none) and the named filters alone."""
    names = (PERIOD, *fields)
    query = {name: request.GET.get(name, "") for name in names}
    query[PERIOD] = query[PERIOD] or usual
    asked = read(query)
    agency, mistakes = _agency(request) if by_agency else (None, ())
    return Board(asked, names, agency, mistakes)


def _agency(request: HttpRequest) -> tuple[Office | None, tuple[str, ...]]:
    code = request.GET.get("agency", "").replace("\0", "")[:60]
    if not code:
        return None, ()
    office = office_by_code(settings.COUNTRY, code)
    if office is not None and office.agency_id == office.pk:
        return office, ()
    said = _("There is no agency “%(code)s”. All agencies are shown.") % {"code": code}
    return None, (said,)
