"""Who gets into the registry: registrars, on every page, and nobody else."""

import pytest
from django.urls import reverse

from agencies.models import Post, Service
from agencies.urls import registry


def arguments(cast) -> dict[str, list[object]]:
    """What each address with a parameter is asked for."""
    post = Post.objects.get(user=cast.focal)
    holiday = cast.calendar.holidays.get()
    service = Service.objects.create(
        country="bd", code="new-line", office=cast.department, category=cast.electricity, days=7
    )
    by_start = {
        "registry-office": [cast.department.code],
        "registry-post-new": [cast.department.code],
        "registry-post-": [post.pk],
        "registry-category": [cast.roads.code],
        "registry-service": [service.code],
        "registry-calendar": [cast.calendar.code],
        "registry-holiday": [holiday.pk],
        "registry-deadline": ["resolve"],
        "registry-uncovered": ["grid-district"],
    }
    return {
        entry.name: next(
            (value for start, value in by_start.items() if entry.name.startswith(start)), []
        )
        if "<" in str(entry.pattern)
        else []
        for entry in registry
    }


POST_ONLY = {
    "registry-office-reopen",
    "registry-category-retire",
    "registry-service-remove",
    "registry-holiday-remove",
}
ROLES = ["alice", "desk", "focal", "head", "overseer", "auditor", "operator"]


@pytest.mark.parametrize("entry", registry, ids=lambda entry: entry.name)
class TestAccess:
    def address(self, cast, entry) -> str:
        return reverse(entry.name, args=arguments(cast)[entry.name])

    def test_a_visitor_is_sent_to_sign_in(self, cast, client, entry):
        url = self.address(cast, entry)
        response = client.post(url) if entry.name in POST_ONLY else client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))

    def test_nobody_but_a_registrar_gets_in(self, cast, client, entry):
        url = self.address(cast, entry)
        for name in ROLES:
            client.force_login(getattr(cast, name))
            assert client.get(url).status_code in {403, 405}, name
            assert client.post(url).status_code == 403, name

    def test_the_registrar_gets_in(self, cast, pages, entry):
        if entry.name in POST_ONLY:
            assert pages.get(self.address(cast, entry)).status_code == 405
            return
        response = pages.get(self.address(cast, entry))
        assert response.status_code == 200
        assert response.content.count(b"<h1") == 1


@pytest.mark.parametrize(
    "entry",
    [entry for entry in registry if "<" in str(entry.pattern)],
    ids=lambda entry: entry.name,
)
def test_an_unknown_row_is_not_found(cast, pages, entry):
    unknown: object = 987654321 if "<int" in str(entry.pattern) else "nothing"
    url = reverse(entry.name, args=[unknown])
    ask = pages.post if entry.name in POST_ONLY else pages.get
    assert ask(url).status_code == 404
