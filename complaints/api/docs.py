"""The API's description: the OpenAPI document, and a page that a person can read."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class Schema(SpectacularAPIView):
    """OpenAPI 3.1, as YAML or JSON."""

    permission_classes: list[Any] = []
    authentication_classes: list[Any] = []
    schema = None  # It does not describe itself.

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """The document; it changes with the portal's version alone."""
        kind = type(request.accepted_renderer)
        return HttpResponse(
            _written(kind),
            content_type=str(kind.media_type),
            headers={"Cache-Control": "public, max-age=300"},
        )


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole description, in English; made once, for it takes seconds."""
    with override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


@lru_cache(maxsize=4)
def _written(kind: type[BaseRenderer]) -> bytes:
    written: bytes = kind().render(document(), renderer_context={})
    return written


@lru_cache(maxsize=1)
def _operations() -> tuple[dict[str, Any], ...]:
    """Every operation of the schema, in the order of its address."""
    return tuple(
        {
            "method": method.upper(),
            "path": path,
            "text": operation.get("description", ""),
            "parameters": operation.get("parameters", []),
            "answers": sorted(operation.get("responses", {})),
            "open": {} in operation.get("security", [{}]),
        }
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    )


def docs(request: HttpRequest) -> HttpResponse:
    """The operations as a page, drawn from the schema."""
    return render(request, "complaints/api_docs.html", {"operations": _operations()})
