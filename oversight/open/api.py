"""Figures for other programs: for officers as their screens have them, for everybody as the public
pages do.
"""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.selectors import actor_for
from complaints.api.citizen import language_of
from complaints.api.throttles import ReadThrottle
from oversight.dashboards.access import (
    hidden_from,
    may_look_at,
    sees_country,
    sides_below,
    sides_for,
)
from oversight.figures import standing
from oversight.figures.asking import COUNTRYS, COUNTRYS_IN_PUBLIC, PUBLIC, Counts
from oversight.metrics import METRICS, STATES, Metric
from oversight.open.asked import GROUPS, Answer, Asked, answers, is_long, read
from oversight.open.datasets import OF_CALLS
from oversight.open.suppressing import is_small, rounded
from oversight.open.views import FRESH

#: How exact shares, days and means are.
DIGITS = 4
#: The same of parts of the country, for everybody: whole per cents, tenths of a mark.
PART_DIGITS = {"share": 2, "rating": 1, "mean": 1}
#: What the public may tell apart: agencies, not the offices of one.
PUBLIC_GROUPS = tuple(group for group in GROUPS if group != "office")


class PeriodOut(serializers.Serializer[Any]):
    """From `start` (included) to `end` (excluded), days in the capital's time zone."""

    code = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField()
    complete = serializers.BooleanField(help_text="Whether it is over.")


class MetricOut(serializers.Serializer[Any]):
    """A figure: what it means."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.ChoiceField(choices=["count", "share", "days", "rating", "mean"])
    formula = serializers.CharField()
    excludes = serializers.CharField(allow_blank=True)


class ValueOut(serializers.Serializer[Any]):
    """A figure of a row. `cases`: how many it rests on."""

    value = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="95 %, from and to."
    )
    cases = serializers.IntegerField(allow_null=True)
    suppressed = serializers.BooleanField(help_text="Of too few cases to be published.")


class RowOut(serializers.Serializer[Any]):
    """A row: what it is of (empty: all), and its figures by their codes."""

    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    values = serializers.DictField(child=ValueOut())


class FiguresOut(serializers.Serializer[Any]):
    """The answer. `states`: the open cases as they stand now; where nothing is told apart."""

    period = PeriodOut()
    office = serializers.CharField(allow_null=True)
    filters = serializers.DictField(child=serializers.CharField())
    group_by = serializers.CharField(allow_blank=True)
    metrics = MetricOut(many=True)
    rows = RowOut(many=True)
    states = serializers.DictField(child=serializers.FloatField(allow_null=True), allow_null=True)


def _parameters(groups: tuple[str, ...]) -> list[OpenApiParameter]:
    return [
        OpenApiParameter("period", str, description="30, 90, 12m, a year (2026) or a month (2026-11)."),
        OpenApiParameter("office", str, description="Code of an office: it and all below it."),
        OpenApiParameter("category", str, description="Code of a subject: it and all below it."),
        OpenApiParameter("district", str, description="Code of a place, its districts with it."),
        OpenApiParameter("channel", str, description="Code of a way in."),
        OpenApiParameter("kind", str, description="complaint, information or suggestion."),
        OpenApiParameter("group_by", str, enum=groups, description="By what rows are told apart."),
        OpenApiParameter(
            "metrics", str, description=f"Codes, comma-separated: {', '.join(METRICS)}. All without."
        ),
    ]  # fmt: skip


class Figures(APIView):
    """Figures for those who look on, and of their own offices for those who lead them."""

    @extend_schema(parameters=_parameters(GROUPS), responses={200: FiguresOut})
    def get(self, request: Request) -> Response:
        """The figures asked for: of the country, or of an office and all below it."""
        actor = actor_for(request.user, channel="api", language=language_of(request))
        asked = read(request.query_params)
        office = asked.question.office
        if not may_look_at(actor, office):
            raise PermissionDenied
        is_below = asked.group in ("agency", "office")
        asked = _of_sides(asked, (sides_below if is_below else sides_for)(actor, office))
        if not sees_country(actor):
            asked = _without_calls(asked)
        _refuse_long(asked)
        hidden = hidden_from(actor)
        rows = [_row(row, asked, _exact) for row in answers(asked, hidden)]
        states = None
        if not asked.group:
            # Work is work: of how it stands now nothing is left out, as on the screens.
            now = standing.standing(replace(asked.question, sides=COUNTRYS), hidden=hidden)
            states = {code: _number(state.value(now)) for code, state in STATES.items()}
        return Response(_body(asked, rows, states), headers={"Cache-Control": "no-store"})


class PublicFigures(APIView):
    """Figures for everybody: nothing of fewer than five cases, parts of the country to the nearest five."""

    permission_classes: list[Any] = []
    authentication_classes: list[Any] = []
    throttle_classes = [ReadThrottle]

    @extend_schema(parameters=_parameters(PUBLIC_GROUPS), responses={200: FiguresOut})
    def get(self, request: Request) -> Response:
        """The figures asked for; of offices those that are agencies."""
        asked = read(request.query_params, PUBLIC_GROUPS)
        office = asked.question.office
        if office is not None and office.agency_id != office.pk:
            raise ValidationError({"office": [_("This office is not an agency of its own.")]})
        is_whole = office is None and not asked.filters and not asked.group
        asked = _of_sides(asked, COUNTRYS_IN_PUBLIC if is_whole else PUBLIC)
        _refuse_long(asked)
        told = _told if is_whole else _told_of_part
        shown = [row for row in answers(asked) if asked.group == "time" or not _is_nobodys(row)]
        rows = [_row(row, asked, told) for row in shown]
        response = Response(_body(asked, rows, None))
        response["Cache-Control"] = f"public, max-age={FRESH}"
        response["Access-Control-Allow-Origin"] = "*"
        # Names are in the reader's language, which a cookie may have set.
        patch_vary_headers(response, ("Cookie",))
        return response


def _of_sides(asked: Asked, sides: tuple[int, ...]) -> Asked:
    return replace(asked, question=replace(asked.question, sides=sides))


def _without_calls(asked: Asked) -> Asked:
    """What call-backs found is not for an office to read before it is public: it could be one citizen."""
    metrics = tuple(metric for metric in asked.metrics if metric.code not in OF_CALLS)
    return replace(asked, metrics=metrics)


def _refuse_long(asked: Asked) -> None:
    if is_long(asked):
        sentence = _(
            "This takes too long to count. Ask for a shorter period, or with fewer filters."
        )
        raise ValidationError({"period": [sentence]})


def _is_nobodys(row: Answer) -> bool:
    """A part with too few cases to be named at all."""
    return bool(row.code) and is_small(max(row.counts["received"], row.counts["answered"]))


def _body(asked: Asked, rows: list[dict[str, Any]], states: Any) -> dict[str, Any]:
    period, office = asked.question.period, asked.question.office
    return {
        "period": {
            "code": period.code,
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "complete": not period.is_running,
        },
        "office": office.code if office else None,
        "filters": dict(asked.filters),
        "group_by": asked.group,
        "metrics": [
            {
                "code": metric.code,
                "name": str(metric.name),
                "unit": metric.unit,
                "formula": str(metric.formula),
                "excludes": str(metric.excludes),
            }
            for metric in asked.metrics
        ],
        "rows": rows,
        "states": states,
    }


def _row(row: Answer, asked: Asked, told: Any) -> dict[str, Any]:
    values = {metric.code: told(metric, row.counts) for metric in asked.metrics}
    return {"code": row.code, "name": row.name, "values": values}


def _exact(metric: Metric, counts: Counts) -> dict[str, Any]:
    interval = metric.interval_of(counts)
    return {
        "value": _number(metric.of(counts)),
        "interval": [round(end, DIGITS) for end in interval] if interval else None,
        "cases": metric.rests_on(counts),
        "suppressed": False,
    }


def _told(metric: Metric, counts: Counts) -> dict[str, Any]:
    """For everybody: nothing of 1 to 4 cases."""
    if is_small(metric.rests_on(counts)):
        return {"value": None, "interval": None, "cases": None, "suppressed": True}
    return _exact(metric, counts)


def _told_of_part(metric: Metric, counts: Counts) -> dict[str, Any]:
    """Of a part of the country: numbers to the nearest five, the rest no more exact than on the pages.
    An interval, or a share with many places, tells of how many it is.
    """
    told = _told(metric, counts)
    if told["suppressed"]:
        return told
    cases, value = rounded(told["cases"]), told["value"]
    if metric.unit == "count":
        value = cases
    elif value is not None:
        value = round(value, PART_DIGITS.get(metric.unit, 0))
    return {**told, "value": value, "cases": cases, "interval": None}


def _number(value: float | None) -> float | None:
    return round(value, DIGITS) if isinstance(value, float) else value
