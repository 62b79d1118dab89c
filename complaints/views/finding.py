"""Places and offices while somebody types: parts of pages, public, the same for everybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from complaints.selectors.finding import LEVEL_NAMES, offices_found, places_below, places_found

CACHED = "public, max-age=600"


def asked(request: HttpRequest, name: str) -> str:
    """A word of the address, without what the database could not hold."""
    return request.GET.get(name, "").replace("\0", "").strip()


@require_safe
def search_places(request: HttpRequest) -> HttpResponse:
    """`?q=`: places as choices under the search field."""
    words = asked(request, "q")
    context = {"found": places_found(words), "words": words, "name": "place"}
    return _part(render(request, "complaints/_choices.html", context))


@require_safe
def places_under(request: HttpRequest) -> HttpResponse:
    """`?under=CODE`: one more list, of the places directly below."""
    code = asked(request, "under")
    context = {"levels": [level_of(code)] if code else []}
    return _part(render(request, "complaints/_place_lists.html", context))


def level_of(under: str, chosen: str = "") -> dict[str, Any]:
    """A list of places below one: `{under, label, places, chosen}`; no places at the bottom."""
    places = places_below(under)
    label = LEVEL_NAMES.get(places[0].level, "") if places else ""
    return {"under": under, "label": label, "places": places, "chosen": chosen}


@require_safe
def search_offices(request: HttpRequest) -> HttpResponse:
    """`?q=`: offices as JSON, or `&as=options` for a datalist, `&as=choices` for a form's choices."""
    words = asked(request, "q")
    found = offices_found(words)
    match asked(request, "as"):
        case "options":
            response = render(request, "complaints/_office_options.html", {"found": found})
        case "choices":
            context = {"found": found, "words": words, "name": "office"}
            response = render(request, "complaints/_choices.html", context)
        case _:
            rows = [{"code": row.code, "name": row.name, "within": row.within} for row in found]
            response = JsonResponse({"offices": rows})
    return _part(response)


def _part(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = CACHED
    return response
