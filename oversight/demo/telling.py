"""Tells the demonstration's issues through the same services as real ones, at pretended times."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Category, Office, Post
from agencies.selectors import actor_for, answering_post
from complaints import moment
from complaints.models import Case
from oversight.issues import services
from oversight.issues.recurrence import today_there
from oversight.models import Issue


def tell(issues: list[dict[str, Any]]) -> int:
    """Make them with the cases of their subjects; says how many: none where there is one already."""
    if Issue.objects.exists():
        return 0
    posts = Post.objects.held_at().filter(
        role=Role.OVERSEER, office__country=settings.COUNTRY, user__is_active=True
    )
    post = posts.select_related("user").first()
    if post is None:
        return 0
    overseer = actor_for(post.user)
    for told in issues:
        _tell(told, overseer)
    return len(issues)


def _tell(told: dict[str, Any], overseer: Actor) -> None:
    now, today = moment.now(), today_there()
    owner = Office.objects.get(country=settings.COUNTRY, code=told["owner"])
    category = Category.objects.get(country=settings.COUNTRY, code=told["category"])
    cases = Case.objects.filter(category__path__startswith=category.path, sensitive=False)
    with moment.as_if(now - timedelta(days=told["days_ago"])):
        issue = services.begin(
            actor=overseer,
            title=told["title"],
            language=told["language"],
            owner=owner,
            due=today + timedelta(days=told["due"]),
            cause=told["cause"],
            category=category,
            numbers=cases.values_list("number", flat=True),
        )
    post = answering_post(owner)
    if post is not None:
        with moment.as_if(now - timedelta(days=told["days_ago"] - 2)):
            leader = actor_for(post.user)
            services.progress(actor=leader, key=issue.key, text=told["progress"])
    if "fixed" not in told:
        return
    fixed_on = today - timedelta(days=told["fixed"])
    with moment.as_if(now - timedelta(days=told["fixed"])):
        services.fix(actor=overseer, key=issue.key, fixed_on=fixed_on, we_did=told["we_did"])
        words = {name: told[name] for name in ("title", "language", "you_said", "we_did")}
        services.publish(actor=overseer, key=issue.key, **words)
