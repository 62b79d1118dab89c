"""The two addresses of OAuth that there are: a token for a secret (RFC 6749), and giving one back
(RFC 7009). Their answers are those of OAuth, not problem details: libraries read them.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from oauth2_provider.views.mixins import OAuthLibMixin

from complaints import limits
from complaints.proofs import client_address
from systems.access.oauth import credentials_of


@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(sensitive_post_parameters("client_secret", "token"), name="dispatch")
class OAuthView(OAuthLibMixin, View):
    """What both have in common: nothing in the address, and wrong secrets counted."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask the library, and count a wrong secret.

        A right one is never refused, whatever else comes from its address: nobody finds 256 random
        bits by trying. That many wrong ones get another answer stops programs that are set up wrong.
        """
        if request.META.get("QUERY_STRING"):
            # A secret in an address ends up in logs; the library would also stumble over odd ones.
            return _error(400, "invalid_request", "Send it in the body of the request.")
        headers, body, status = self.ask(request)
        if status == 401:
            address, guessed = client_address(request), f"system:{credentials_of(request)[0]}"
            if limits.guessed_too_often(address, guessed):
                answer = _error(429, "slow_down", "Too many wrong secrets. Wait an hour.")
                answer["Retry-After"] = str(limits.HOUR)
                return answer
            limits.count_guess(address, guessed)
        response = HttpResponse(body or "", status=status, content_type="application/json")
        for name, value in headers.items():
            response[name] = value
        response["Cache-Control"] = "no-store"
        return response

    def ask(self, request: HttpRequest) -> tuple[dict[str, str], str, int]:
        """Headers, body and status, as the library answers."""
        raise NotImplementedError


class Token(OAuthView):
    """A token of ten minutes for id and secret."""

    def ask(self, request: HttpRequest) -> tuple[dict[str, str], str, int]:
        """The token, or the error by its code."""
        _url, headers, body, status = self.create_token_response(request)
        return headers, body, status


class Revoke(OAuthView):
    """A token is given back before its time; one of somebody else, or of nobody, changes nothing."""

    def ask(self, request: HttpRequest) -> tuple[dict[str, str], str, int]:
        """Nothing, with 200, whether there was such a token or not."""
        _url, headers, body, status = self.create_revocation_response(request)
        return headers, body, status


def _error(status: int, code: str, description: str) -> JsonResponse:
    body = {"error": code, "error_description": description}
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
