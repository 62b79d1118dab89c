"""The signed receipt as a file: right after filing, and at any time later for the case's citizen."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from complaints import drafts
from complaints.services import receipts
from complaints.views.door import opened_case, to_the_door


def _file(receipt: dict[str, Any]) -> HttpResponse:
    """Saved rather than shown; the name says which case it is."""
    text = json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{receipt["number"]}.json"'
    return response


@require_safe
@never_cache
def just_filed(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt that was just given, while its page can be looked at."""
    given = drafts.receipt_of(request, token)
    if given is None or not given.proof:
        return render(request, "complaints/receipt_gone.html", status=410)
    return _file(given.proof)


@require_safe
@never_cache
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt of one's own case, made anew; others come to the door."""
    opened = opened_case(request, number)
    if opened is None:
        return to_the_door(number)
    case, _actor = opened
    return _file(receipts.receipt_of(case))
