"""Several keys of secrets and links: the first makes new ones, each still opens."""

from typing import Any

from django.test import Client

from complaints.services import links, sealing
from complaints.tracking import new_secret
from tests.complaints.conftest import Scene
from tests.complaints.play import Play


def test_a_new_tracking_key_opens_old_cases_and_makes_the_secrets_of_new_ones(
    scene: Scene, settings: Any, client: Client
) -> None:
    before = scene.file()
    old = settings.TRACKING_KEYS[0]
    settings.TRACKING_KEYS = ["the-new-tracking-key", old]
    after = scene.file()
    for receipt in (before, after):
        case = scene.case(receipt)
        assert sealing.secret_matches(case.number, receipt.secret, case.secret_hash)
        assert not sealing.secret_matches(case.number, new_secret(), case.secret_hash)
    settings.TRACKING_KEYS = ["the-new-tracking-key"]
    opened = [
        sealing.secret_matches(r.number, r.secret, scene.case(r).secret_hash)
        for r in (before, after)
    ]
    assert opened == [False, True]


def test_links_digits_and_tokens_that_are_out_stay_good(scene: Scene, settings: Any) -> None:
    play = Play(scene).forward().accept().answer()
    clock = play.clock("confirm")
    token, digits = links.token_of(clock), links.code_of(clock)
    reply, code = links.reply_token(play.case.pk), sealing.one_time_code(7, "nonce")
    settings.TRACKING_KEYS = ["the-new-tracking-key", *settings.TRACKING_KEYS]
    assert links.token_of(clock) != token
    for known in (token, links.token_of(clock)):
        found = links.clock_of(known)
        assert found is not None
        assert found.pk == clock.pk
    assert links.code_matches(clock, digits)
    assert links.code_matches(clock, links.code_of(clock))
    assert links.case_of_reply(reply) == play.case
    assert sealing.code_matches(7, "nonce", code)
    settings.TRACKING_KEYS = ["the-new-tracking-key"]
    assert links.clock_of(token) is None
    assert links.case_of_reply(reply) is None
    assert not sealing.code_matches(7, "nonce", code)
