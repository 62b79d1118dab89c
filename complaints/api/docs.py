"""The API's description: the OpenAPI schema, and a page that a person can read."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView


class Schema(SpectacularAPIView):
    """OpenAPI 3.1, as YAML or JSON."""

    permission_classes: list[Any] = []
    authentication_classes: list[Any] = []


@lru_cache(maxsize=1)
def _operations() -> tuple[dict[str, Any], ...]:
    """Every operation of the schema, in the order of its address."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return tuple(
        {
            "method": method.upper(),
            "path": path,
            "text": operation.get("description", ""),
            "parameters": operation.get("parameters", []),
            "answers": sorted(operation.get("responses", {})),
            "open": {} in operation.get("security", [{}]),
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    )


def docs(request: HttpRequest) -> HttpResponse:
    """The operations as a page, drawn from the schema."""
    return render(request, "complaints/api_docs.html", {"operations": _operations()})
