"""An office's page of its city: how it is reached, what is with it, what it did not take."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Actor
from complaints import moment
from complaints.selectors.access import visible_to
from complaints.views.officer.access import officers
from systems.cities import listing, sending
from systems.models import City, Forwarding
from systems.views.city_words import KEY, kind_of, reach, why, why_not_taken
from systems.views.deliveries import LAST_SEQ, LEADERS, READERS, may_change, offices_read


@require_safe
@officers(*READERS)
def city(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """How it goes with the city of a system."""
    found = _find(actor, pk)
    doing = listing.doing(found, actor)
    kind = kind_of(found)
    word, colour = reach(kind)
    # While its key does not open, it is not asked after that time either.
    open_until = doing.provider.open_until if doing.provider and kind != KEY else None
    context = {
        "city": found,
        "system": found.system,
        "doing": doing,
        "counted": listing.COUNTED,
        "error": why(kind),
        "word": word,
        "colour": colour,
        "alone_until": open_until if open_until and open_until > moment.now() else None,
        "not_taken": [{"row": row, "why": why_not_taken(row.error)} for row in doing.not_taken],
        "may_change": may_change(actor, found.system),
    }
    return render(request, "systems/office_city.html", context)


@require_POST
@officers(*LEADERS)
def again(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A case that the city did not take is sent once more: somebody knows that it is not there."""
    found = _find(actor, pk)
    if not may_change(actor, found.system):
        raise Http404
    asked = request.POST.get("case", "")
    rows = Forwarding.objects.filter(city=found, case__number=asked[:20])
    row = rows.filter(case__in=visible_to(actor)).first()
    if row is None:
        raise Http404
    if sending.send_again(actor, row, moment.now()):
        messages.success(request, _("It is sent once more, if it still waits with the office."))
    else:
        messages.error(request, _("This case does not wait any more."))
    return redirect("office-system-city", pk)


def _find(actor: Actor, pk: int) -> City:
    """The city, if its system is of the actor's offices. Raises Http404."""
    among = City.objects.filter(system=min(pk, LAST_SEQ), system__ended_at=None)
    offices = offices_read(actor)
    if offices is not None:
        among = among.filter(system__office__in=offices)
    found = among.select_related("system__office").first()
    if found is None:
        raise Http404
    return found
