"""How the API's views become an OpenAPI 3.1 document that is true.

What a view has to say so that its description is complete:
- `@extend_schema(request=…, responses={200: …})` with a docstring whose first sentence says in plain
  words what the operation does. A second operation of one address: give it an `operation_id`.
- What it refuses. Which problems an operation answers with follows from how it is made (`_problems`):
  who may ask, its parameters, its body, its throttles. What else it raises it says itself, by method:
  `problems: ClassVar = {"POST": (404, 409, 429)}`.
- The body of a DELETE, which the framework leaves out: `body_of_delete: ClassVar = OneIn`.
- For systems: `system_scopes` (systems/access). For everybody: `permission_classes = []`.
- Headers of an answer: `OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200])`.
- A serializer's name is its component's: two classes of one name would become one.

Moves are one operation each: a view names them by `extensions={"x-moves": […]}`; `schema_of_all` (the hook)
makes the addresses of it.
"""

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.throttling import SimpleRateThrottle

#: What an answer that is no success means, whatever the operation.
MEANINGS: Mapping[int, str] = {
    400: "What was sent could not be read.",
    401: "Who asks is not known: the token is missing, wrong or over.",
    403: "Not for whoever asks.",
    404: "There is nothing here, or nothing that whoever asks may know of.",
    406: "The answer cannot be given in the form that `Accept` asks for.",
    409: "Not possible now, as things stand; `code` says why.",
    410: "It was here, and is no longer kept.",
    412: "Something happened since the case was read (`If-Match`).",
    413: "More was sent than is taken.",
    415: "What was sent has a type that is not taken.",
    422: "Something that was sent has to be corrected; `errors` says what, by field.",
    429: "Too often. Wait, as long as `Retry-After` says if it is there.",
}
#: Query parameters that cannot be wrong: what cannot be read is left out.
LENIENT = {"limit", "offset", "q", "parent"}
#: Of pages: what leads nowhere is 404.
CURSOR = "cursor"
SENTENCE = re.compile(r"(.+?[.?!])(?:\s|$)", re.DOTALL)


class ApiSchema(AutoSchema):
    """A view's part of the document: as the framework sees it, with its refusals."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation, with a summary, who may ask, and each problem that it may answer with."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        told = " ".join(operation.get("description", "").split())
        first = SENTENCE.match(told)
        operation["description"] = told
        operation["summary"] = (first.group(1) if first else told).rstrip(".")
        operation["security"] = operation.get("security") or [{}]
        if self.method == "DELETE" and hasattr(self.view, "body_of_delete"):
            operation["requestBody"] = self._body(self.view.body_of_delete)
        parameters = operation.setdefault("parameters", [])
        parameters.append({"$ref": "#/components/parameters/AcceptLanguage"})
        for status in sorted(self._problems(operation)):
            self._add_problem(operation["responses"], status)
        return operation

    def get_auth(self) -> list[dict[str, Any]]:
        """Ways to say who one is; an empty one where nobody has to."""
        auth: list[dict[str, Any]] = super().get_auth()
        return auth if self.view.get_permissions() or not auth else [*auth, {}]

    def _body(self, serializer: Any) -> dict[str, Any]:
        schema = self.resolve_serializer(serializer, "request").ref
        return {"required": True, "content": {"application/json": {"schema": schema}}}

    def _add_problem(self, responses: dict[str, Any], status: int) -> None:
        """A problem under its status; what the view itself says of it, and of its members, stays."""
        told = responses.get(str(status))
        if told is None:
            responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
            return
        schemas = [body["schema"] for body in told.get("content", {}).values()]
        schema = schemas[0] if schemas else {"$ref": "#/components/schemas/Problem"}
        responses[str(status)] = {
            "description": told.get("description") or MEANINGS[status],
            "content": {"application/problem+json": {"schema": schema}},
        }

    def _problems(self, operation: dict[str, Any]) -> set[int]:
        """The statuses by which the operation may refuse."""
        asked = {one["name"]: one["in"] for one in operation["parameters"] if "name" in one}
        queries = {name for name, place in asked.items() if place == "query"}
        holds = {
            400: "requestBody" in operation,
            401: bool(self.view.get_authenticators()),
            403: bool(self.view.get_authenticators()),
            404: "path" in asked.values() or CURSOR in queries,
            406: True,
            409: "Idempotency-Key" in asked,
            412: "If-Match" in asked,
            413: "requestBody" in operation,
            415: "requestBody" in operation,
            422: "requestBody" in operation or bool(queries - LENIENT - {CURSOR}),
            429: any(isinstance(one, SimpleRateThrottle) for one in self.view.get_throttles()),
        }
        declared = getattr(self.view, "problems", {}).get(self.method, ())
        written = {int(status) for status in operation["responses"] if status >= "400"}
        return {status for status, is_so in holds.items() if is_so} | {*declared} | written
