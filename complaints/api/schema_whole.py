"""What belongs to the document as a whole: the hook that drf-spectacular calls at the end."""

from typing import Any

from django.conf import settings
from django.utils.translation import override

from complaints.api.move_schemas import schema_of
from complaints.api.schema import MEANINGS
from complaints.api.schema_examples import EXAMPLES
from complaints.forms import MOVE_FORMS
from complaints.workflow import OF_MACHINES

Document = dict[str, Any]
#: What there is under the first word of an address.
TAGS = {
    "complaints": "For citizens: file a complaint, follow it, answer, appeal, withdraw.",
    "files": "Files, sent before the filing or the move that names them.",
    "me": "For apps of citizens who sign in with a telephone.",
    "app": "For apps and browsers: news of a case on a device.",
    "cases": "For officers and agencies’ systems: the cases of an office, and every move.",
    "served": "For those whom a complaint was about: what was served on them.",
    "agencies": "The registry of agencies.",
    "categories": "The registry of subjects.",
    "places": "The registry of places.",
    "figures": "Figures of performance.",
    "issues": "What many complaints had in common, and what was done.",
    "events": "For agencies’ systems: what happened to their cases, in order.",
    "system": "For agencies’ systems: who they are, what they file, what their statuses mean.",
    "sandbox": "Only in a sandbox: play the citizen, let time pass.",
}
PROBLEM: Document = {
    "type": "object",
    "description": "Problem details (RFC 9457). `code` is stable; `title` is a sentence for people, in the"
    " language of `Accept-Language`.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:grs:problem:invalid"]},
        "title": {"type": "string", "examples": ["Some of what was sent needs to be corrected."]},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "examples": ["invalid"]},
        "errors": {
            "type": "object",
            "description": "Sentences by field; within lists and objects by their path (`files.0`).",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
ACCEPT_LANGUAGE: Document = {
    "name": "Accept-Language",
    "in": "header",
    "description": "In which language sentences and names are: en, bn or id.",
    "schema": {"type": "string"},
}
HEADERS: dict[int, Document] = {
    401: {
        "WWW-Authenticate": {
            "description": "How one says who one is.",
            "schema": {"type": "string"},
        }
    },
    429: {
        "Retry-After": {
            "description": "Seconds, where it is known how long.",
            "schema": {"type": "string", "pattern": "^[0-9]+$"},
        }
    },
}
SECURITY_NOTES = {
    "cookieAuth": "An officer’s session of the pages. What changes anything needs `X-CSRFToken` too.",
    "sessionToken": "A citizen’s, from `me/session/`.",
    "systemToken": "An agency’s system: client credentials, a token of ten minutes.",
}


def schema_of_all(
    result: Document, generator: Any, request: Any = None, public: bool = True
) -> Document:
    """The document, with the parts that its operations share, and one operation for each move."""
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    components["responses"] = {
        f"Problem{status}": _response(status, told) for status, told in MEANINGS.items()
    }
    components["parameters"] = {"AcceptLanguage": ACCEPT_LANGUAGE}
    for name, note in SECURITY_NOTES.items():
        if name in components.get("securitySchemes", {}):
            components["securitySchemes"][name] |= {"description": note}
    result["paths"] = {
        path: operations
        for whole, methods in result["paths"].items()
        for path, operations in _with_moves(whole, methods, schemas)
    }
    _show_examples(result["paths"])
    used = {
        tag for one in result["paths"].values() for made in one.values() for tag in made["tags"]
    }
    result["tags"] = [{"name": tag, "description": TAGS.get(tag, tag)} for tag in sorted(used)]
    result["servers"] = [{"url": settings.PUBLIC_URL}]
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _show_examples(paths: Document) -> None:
    for methods in paths.values():
        for operation in methods.values():
            if operation["operationId"] in EXAMPLES:
                body = operation["requestBody"]["content"]["application/json"]
                body["example"] = EXAMPLES[operation["operationId"]]


def _response(status: int, told: str) -> Document:
    schema = {"$ref": "#/components/schemas/Problem"}
    answer: Document = {
        "description": told,
        "content": {"application/problem+json": {"schema": schema}},
    }
    return answer | ({"headers": HEADERS[status]} if status in HEADERS else {})


def _with_moves(path: str, methods: Document, schemas: Document) -> list[tuple[str, Document]]:
    """An address as it is; one that takes any move as the addresses of each, with its own body."""
    made = methods.get("post", {})
    moves = made.pop("x-moves", None)
    if moves is None:
        return [(path, methods)]
    with override("en"):
        return [
            (path.replace("{move}", move), {"post": _of_move(made, move, schemas)})
            for move in sorted(moves)
        ]


def _of_move(made: Document, move: str, schemas: Document) -> Document:
    """The operation of one move; beside what the move needs stands what the address itself takes."""
    form = MOVE_FORMS[move]
    name = f"{move.title().replace('_', '')}Move"
    schemas.setdefault(name, schema_of(form))
    asked: Document = {"$ref": f"#/components/schemas/{name}"}
    beside = made["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in beside or "properties" in beside:
        asked = {"allOf": [beside, asked]}
    needs = bool(schemas[name].get("required")) or "$ref" in beside
    one = {key: value for key, value in made.items() if key != "requestBody"}
    if move not in OF_MACHINES:
        one["security"] = [way for way in made["security"] if "systemToken" not in way]
    one["operationId"] = made["operationId"].removesuffix("_create") + f"_{move}"
    one["summary"] = str(form.title)
    one["description"] = f"{form.title}. {made['description']}"
    one["parameters"] = [part for part in made["parameters"] if part.get("name") != "move"]
    one["requestBody"] = {"required": needs, "content": {"application/json": {"schema": asked}}}
    return one
