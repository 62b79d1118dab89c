"""Page: everything an office owns here as a file, made by a worker."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.roles import Role
from complaints.errors import Invalid
from complaints.views.officer.access import officers
from systems.export import orders
from systems.export.forms import ExportForm
from systems.export.writing import Form


@require_http_methods(["GET", "HEAD", "POST"])
@officers(Role.FOCAL, Role.HEAD, Role.OVERSEER)
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose of what and as what; the way to the file, which is made meanwhile."""
    asked = {"office": request.GET["office"]} if "office" in request.GET else {}
    form = ExportForm(request.POST or None, actor=actor, initial=asked)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            order = orders.order(
                actor, given["office"], Form(given["form"]), get_language() or "en"
            )
        except Invalid as refused:
            context = {"refused": refused, "files": reverse("oversight-files")}
            return render(request, "oversight/export_refused.html", context, status=409)
        return redirect("oversight-file", order.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "systems/office_export.html", {"form": form}, status=status)
