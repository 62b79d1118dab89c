"""What is kept about an account: a copy for its owner, and deleting it."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from complaints.copying import copy_of
from complaints.errors import Refused
from complaints.forms.erasing import DeleteAccountForm
from complaints.models import Case
from complaints.models.case import Status
from complaints.selectors.mine import own_cases
from complaints.services import export, forgetting

#: So many of one's own cases are named on the page, the newest first.
MOST_SHOWN = 20


@require_safe
@never_cache
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """What there is, a copy of it, and deleting the account."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    user, cases = _user(request), own_cases(request.actor)  # type: ignore[attr-defined]
    context = {
        "account": user,
        "posts": user.posts.select_related("office").order_by("-held_from"),
        "cases": list(cases.order_by("-filed_at", "-id")[: MOST_SHOWN + 1]),
        "most_shown": MOST_SHOWN,
        "refusal": refusal,
    }
    status = refusal.status if refusal is not None else 200
    return render(request, "complaints/my_data.html", context, status=status)


@require_POST
@never_cache
@login_required
def my_data_copy(request: HttpRequest) -> HttpResponseBase:
    """A copy of all of it."""
    try:
        made = export.of_account(user=_user(request), actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        return _page(request, refusal)
    return copy_of(made, "my-data")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@reauthentication_required
def my_data_delete(request: HttpRequest) -> HttpResponse:
    """Delete a citizen's account, for whoever has just shown that it is theirs."""
    user = _user(request)
    if user.posts.exists():
        return redirect("my-data")
    form = DeleteAccountForm(request.POST if request.method == "POST" else None)
    open_cases = Case.objects.filter(owner=user).exclude(status=Status.CLOSED)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if forgetting.delete_account(user.pk):
                logout(request)
                messages.success(request, _("Your account is deleted."))
                return redirect("start")
            form.add_error(None, str(forgetting.CASES_OPEN))
            status = 409
    context = {"form": form, "open_cases": open_cases[:MOST_SHOWN]}
    return render(request, "complaints/my_data_delete.html", context, status=status)


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("only for somebody who is signed in")
    return request.user
