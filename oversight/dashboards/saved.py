"""Screens with their filters, kept under a name by whoever looks at them often: one's own alone."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from complaints.views.officer.access import officers
from oversight.dashboards.access import LEAD, LOOK_ON, sees_country
from oversight.models import SavedView

#: So many a person.
MOST = 50
#: Names of addresses that can be kept begin so: the screens of oversight. None of these is a screen.
SCREENS, NO_SCREENS = "oversight", ("oversight-saved", "oversight-saved-one")
#: The longest query that is kept, in characters.
LONGEST_QUERY = 500
#: What an address of a moment says and a kept one need not.
OF_THE_MOMENT = ("page", "format")


class NameForm(forms.Form):
    """What a view is called."""

    mark_optional = False

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Write a name for this view.")},
    )


class SaveForm(NameForm):
    """A view to be kept: its name, where it is and what is asked there."""

    path = forms.CharField(max_length=200, widget=forms.HiddenInput)
    query = forms.CharField(max_length=LONGEST_QUERY, required=False, widget=forms.HiddenInput)

    def clean_path(self) -> str:
        """The path of a screen of oversight, without a language."""
        path: str = self.cleaned_data["path"]
        try:
            name = resolve(path).url_name or ""
        except Resolver404:
            name = ""
        if not name.startswith(SCREENS) or name in NO_SCREENS:
            raise forms.ValidationError(_("This page cannot be kept as a view."))
        return path

    def clean_query(self) -> str:
        """The query as an address has it, without what is of the moment."""
        asked = parse_qsl(self.cleaned_data["query"].lstrip("?").replace("\0", ""))
        kept = urlencode([(name, value) for name, value in asked if name not in OF_THE_MOMENT])
        # Written as in an address, a letter may be nine.
        if len(kept) > LONGEST_QUERY:
            raise forms.ValidationError(_("This page cannot be kept as a view."))
        return kept


@require_http_methods(["GET", "HEAD", "POST"])
@officers(*LOOK_ON, *LEAD)
def saved(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One's views; a POST keeps one more."""
    form = SaveForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid() and _keep(form, actor):
        messages.success(request, _("The view is kept."))
        return redirect("oversight-saved")
    context = {
        "form": form,
        "views": SavedView.objects.filter(user_id=_whose(actor)).order_by("name"),
        "most": MOST,
        "sees_country": sees_country(actor),
    }
    return render(request, "oversight/saved.html", context, status=_status(form))


def _status(form: NameForm | None) -> int:
    """Of a page with a form on it: 422 where what was sent is refused."""
    return 422 if form is not None and form.is_bound else 200


def _whose(actor: Actor) -> int:
    """The officer's id: nobody gets here who is not signed in."""
    assert actor.user_id is not None  # noqa: S101 - `officers` let them in
    return actor.user_id


def _keep(form: SaveForm, actor: Actor) -> bool:
    """Keep it, unless there are too many or the name is taken. The same once more changes nothing."""
    told = form.cleaned_data
    mine = SavedView.objects.filter(user_id=_whose(actor))
    if mine.filter(**told).exists():
        return True
    if mine.count() >= MOST:
        form.add_error(None, _("You have as many views as can be kept. Delete one first."))
        return False
    try:
        with transaction.atomic():
            SavedView.objects.create(user_id=_whose(actor), made_at=timezone.now(), **told)
    except IntegrityError:
        form.add_error("name", _("You have a view of this name. Choose another one."))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@officers(*LOOK_ON, *LEAD)
def saved_one(request: HttpRequest, actor: Actor, view: int) -> HttpResponse:
    """Call one of one's views something else, or delete it. 404 for anybody else's."""
    found = SavedView.objects.filter(pk=view, user_id=_whose(actor)).first()
    if found is None:
        raise Http404
    if request.method == "POST" and "delete" in request.POST:
        found.delete()
        messages.success(request, _("The view was deleted."))
        return redirect("oversight-saved")
    form = NameForm(
        request.POST if request.method == "POST" else None, initial={"name": found.name}
    )
    if request.method == "POST" and form.is_valid() and _rename(form, found):
        messages.success(request, _("The view has its new name."))
        return redirect("oversight-saved")
    context: dict[str, Any] = {"form": form, "view": found, "sees_country": sees_country(actor)}
    return render(request, "oversight/saved_one.html", context, status=_status(form))


def _rename(form: NameForm, view: SavedView) -> bool:
    view.name = form.cleaned_data["name"]
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError:
        form.add_error("name", _("You have a view of this name. Choose another one."))
        return False
    return True
