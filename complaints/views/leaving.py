"""Leaving in a hurry: from pages of a sensitive filing or case to a page that tells nothing."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST


# Whoever has to leave at once is not held up by a token that is too old. Another site can't make
# use of it: the browser sends it no cookie of the session (SameSite), and then nothing happens.
@csrf_exempt
@require_POST
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Close everything on this device: opened cases, drafts, receipts, the account. Then go away.

    A script sends the same from behind, without waiting for the answer (static/src/leave.js). The
    browser is told to forget what it keeps of the portal's pages, those behind "back" too.
    """
    logout(request)
    response = HttpResponse(status=303, headers={"Location": settings.EXIT_URL})
    response["Clear-Site-Data"] = '"cache"'
    return response
