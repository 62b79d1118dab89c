"""The API's description: the OpenAPI document, and a page that a person can read."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.encoding import force_bytes
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request


class Schema(SpectacularAPIView):
    """OpenAPI 3.1, as YAML or JSON."""

    permission_classes: list[Any] = []
    authentication_classes: list[Any] = []
    schema = None  # It does not describe itself.

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """The document; it changes with the portal's version alone."""
        media_type = str(request.accepted_renderer.media_type)
        headers = {"Cache-Control": "public, max-age=300"}
        return HttpResponse(_written(media_type), content_type=media_type, headers=headers)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole description, in English; made once, for it takes seconds."""
    with override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


@lru_cache(maxsize=4)
def _written(media_type: str) -> bytes:
    """The document in one of the types in which it is served."""
    kinds = {kind.media_type: kind for kind in Schema.renderer_classes}
    return force_bytes(kinds[media_type]().render(document(), renderer_context={}))


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
