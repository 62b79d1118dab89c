"""Moving a case only as it was read: `ETag` and `If-Match` (RFC 9110, 13.1.1).

The tag of a case is the newest step that whoever asks may know of, in quotes: the `seen` of its body.
"""

import re

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

#: A tag that no case ever has.
NEVER = -1
A_TAG = re.compile(r'(?:W/)?"([^"]*)"')

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of the case as it was read. If there has been a step since, the answer is 412"
    " and nothing happens.",
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[200],
    description="The step that the case stands at, for `If-Match`.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 200},
    OpenApiParameter.HEADER,
    description="Any text of at most 200 characters. For 24 hours the same key and body get the same"
    " answer, and it is done once; the same key with another body gets 409.",
)


def etag(seen: int) -> str:
    """The tag of a case at a step."""
    return f'"{seen}"'


def if_match(request: Request, newest: int) -> int | None:
    """The step that the request knows as the newest; None where it does not say, or any will do (`*`).

    Of several it is the `newest` of the case, if that is among them. What is no tag of ours is `NEVER`.
    """
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    told = [int(tag) if tag.isascii() and tag.isdigit() else NEVER for tag in A_TAG.findall(given)]
    return newest if newest in told else next(iter(told), NEVER)
