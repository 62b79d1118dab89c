"""Posts begin, end and change hands. They are read live, so they don't raise the version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from accounts.proving import leave_to_its_reader
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.services.cleaning import Mistakes
from agencies.services.recording import lock, record, require_registrar


@transaction.atomic
def hold_post(
    actor: Actor,
    *,
    user: User,
    role: Role | str,
    office: Office,
    title: str = "",
    since: datetime | None = None,
) -> Post:
    """Somebody begins to hold a role in an office, now or from a given moment (UTC).

    With a first post, an account whose address was never proved is left to whoever reads its
    e-mail: they choose a password anew. Raises PermissionDenied if the actor is no registrar or
    names themselves, or the role is a system's; ValidationError if the office is closed, the account
    is off, or the person holds the same post already.
    """
    require_registrar(actor)
    if actor.user_id is not None and actor.user_id == user.pk:
        raise PermissionDenied("Nobody gives a post to themselves.")
    if role == Role.SYSTEM:
        raise PermissionDenied("A system gets its post when it joins; no person holds one.")
    lock(office.country)
    since = since or timezone.now()
    check_hold({"user": user, "role": role, "since": since}, office)
    if not Post.objects.filter(user=user).exists():
        leave_to_its_reader(user)
    post = Post.objects.create(user=user, role=role, office=office, title=title, held_from=since)
    _record(actor, post, before=None)
    return post


def check_hold(given: Mapping[str, Any], office: Office) -> None:
    """Raise ValidationError for all that is wrong with those values of `hold_post` that are given."""
    mistakes, user = Mistakes(), given.get("user")
    with mistakes.noted():
        if office.closed_at is not None:
            raise ValidationError({"office": _("This office is closed.")})
    with mistakes.noted():
        if user is not None and not user.is_active:
            raise ValidationError({"user": _("This account is switched off.")})
    with mistakes.noted():
        if user is not None and {"role", "since"} <= given.keys():
            _check_not_held(user, given["role"], office, given["since"] or timezone.now())
    mistakes.tell()


def _check_not_held(user: User, role: str, office: Office, since: datetime) -> None:
    held = Post.objects.filter(user=user, role=role, office=office)
    if held.filter(Q(held_to=None) | Q(held_to__gt=since)).exists():
        raise ValidationError({"user": _("This person holds this post already.")})


@transaction.atomic
def end_post(actor: Actor, post: Post, *, at: datetime | None = None) -> Post:
    """The post ends, now or at a given moment; cases stay with the office.

    Raises ValidationError if it has ended before, or would end before it began.
    """
    require_registrar(actor)
    lock(post.office.country)
    post = Post.objects.select_for_update(of=["self"]).select_related("office").get(pk=post.pk)
    at = at or timezone.now()
    if post.held_to is not None and post.held_to <= at:
        raise ValidationError({"at": _("This post has ended already.")})
    if at <= post.held_from:
        raise ValidationError({"at": _("A post can’t end before it begins.")})
    before = _values(post)
    post.held_to = at
    post.save(update_fields=["held_to"])
    _record(actor, post, before=before)
    return post


@transaction.atomic
def hand_over(
    actor: Actor, post: Post, *, to: User, at: datetime | None = None, title: str = ""
) -> Post:
    """One person's post ends and another's begins at the same moment. Gives the new post."""
    at = at or timezone.now()
    if to.pk == post.user_id:
        raise ValidationError({"user": _("This person holds this post already.")})
    ended = end_post(actor, post, at=at)
    return hold_post(
        actor,
        user=to,
        role=ended.role,
        office=ended.office,
        title=title or ended.title,
        since=at,
    )


def _values(post: Post) -> dict[str, Any]:
    return {
        "user": post.user_id,
        "role": str(post.role),
        "office": post.office.code,
        "title": post.title,
        "held_from": post.held_from.isoformat(),
        "held_to": post.held_to.isoformat() if post.held_to else None,
    }


def _record(actor: Actor, post: Post, *, before: dict[str, Any] | None) -> None:
    record(
        actor,
        post,
        country=post.office.country,
        key=f"{post.office.code}/{post.role}",
        before=before,
        after=_values(post),
    )
