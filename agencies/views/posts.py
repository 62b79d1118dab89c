"""Posts: the list, a new one, the end of one, and handing over."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from agencies import services
from agencies.forms.fields import first_moment
from agencies.forms.offices import EndPostForm, PersonForm, PostForm, PostSearchForm
from agencies.models import Post
from agencies.views.access import attempt, page_of, registrar_page, sent
from agencies.views.offices import find_office


@registrar_page
def posts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who holds what where, by name, role, and whether it has ended."""
    form = PostSearchForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    rows = Post.objects.of_people()
    rows = rows if given.get("ended") else rows.held_at()
    rows = rows.filter(office__country=settings.COUNTRY)
    if given.get("role"):
        rows = rows.filter(role=given["role"])
    for word in given.get("words", "").split():
        rows = rows.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    rows = rows.select_related("user", "office").order_by("user__name", "user__email", "id")
    context = {"search": form, "page": page_of(request, rows), "filtered": any(given.values())}
    return render(request, "agencies/posts.html", context)


@registrar_page
def new_post(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Somebody begins to hold a role in an office."""
    office = find_office(code)
    form = PostForm(sent(request), office=office, actor=actor)

    @transaction.atomic
    def write() -> None:
        given = form.cleaned_data
        services.hold_post(
            actor,
            user=person(given),
            role=given["role"],
            office=office,
            title=given["title"],
            since=first_moment(given["begins"]),
        )

    if request.method == "POST" and attempt(request, form, write, _("The post was given.")):
        return redirect("registry-office", code)
    return render(request, "agencies/post_form.html", {"form": form, "office": office})


@registrar_page
def hand_over(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One person's post ends, another's begins at the same moment."""
    post = find_post(pk)
    form = PersonForm(
        sent(request),
        initial={"title": post.title},
        office=post.office,
        actor=actor,
        role=post.role,
    )

    @transaction.atomic
    def write() -> None:
        given = form.cleaned_data
        services.hand_over(
            actor,
            post,
            to=person(given),
            at=first_moment(given["begins"]),
            title=given["title"],
        )

    if request.method == "POST" and attempt(request, form, write, _("The post changed hands.")):
        return redirect("registry-office", post.office.code)
    context = {"form": form, "office": post.office, "post": post}
    return render(request, "agencies/post_form.html", context)


@registrar_page
def end_post(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A post ends, now or with a day; its cases stay with the office."""
    post = find_post(pk)
    form = EndPostForm(sent(request))

    def write() -> None:
        services.end_post(actor, post, at=_end_of(form.cleaned_data["ends"]))

    if request.method == "POST" and attempt(request, form, write, _("The post has an end.")):
        return redirect("registry-office", post.office.code)
    return render(request, "agencies/post_end.html", {"form": form, "post": post})


def find_post(pk: int) -> Post:
    """A person's post in an office of the installation's country, or 404."""
    rows = Post.objects.of_people().select_related("user", "office")
    return get_object_or_404(rows, pk=pk, office__country=settings.COUNTRY)


def person(given: dict[str, Any]) -> User:
    """The person that a form names; an account is made for somebody new."""
    found: User | None = given["user"]
    if found is not None:
        return found
    return User.objects.create_user(given["email"], None, name=given["name"])


def _end_of(day: date | None) -> datetime | None:
    """The first moment after a last day; None stays None."""
    return first_moment(day + timedelta(days=1)) if day else None
