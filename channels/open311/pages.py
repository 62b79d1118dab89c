"""The registrar's page of keys: a key is made for a program, shown once, and taken back."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Actor
from accounts.roles import Role
from agencies.forms.fields import add_errors
from agencies.views.access import page_of
from channels.open311 import keys
from complaints.views.officer.access import officers


class KeyForm(forms.Form):
    """For which program a key is."""

    name = forms.CharField(
        label=gettext_lazy("Name of the program"),
        help_text=gettext_lazy("Who runs it and what it is, like “City app of Gazipur”."),
        max_length=120,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@officers(Role.REGISTRAR)
def api_keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The keys there are; a new one is shown in the answer to its form, and nowhere else."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    made = key = None
    if request.method == "POST" and form.is_valid():
        try:
            made, key = keys.make(actor, form.cleaned_data["name"])
            form = KeyForm()
        except ValidationError as error:
            add_errors(form, error)
    context = {"form": form, "page": page_of(request, keys.all_keys()), "made": made, "key": key}
    return render(request, "channels/keys.html", context)


@require_POST
@officers(Role.REGISTRAR)
def revoke(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Take a key back."""
    row = keys.revoke(actor, pk)
    if row is None:
        raise Http404
    messages.success(request, _("The key of %(name)s is no longer in force.") % {"name": row.name})
    return redirect("registry-keys")
