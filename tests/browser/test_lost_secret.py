"""A lost secret in a real browser: from the track page to the new secrets, axe on every page."""

import re

import pytest

from complaints.models import Notice
from complaints.services import notice_words
from tests.browser.test_citizen_journey import Browser, cast, desk, phone, scene  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("at", ["phone", "desk"])
def test_new_secrets_are_got_and_open_the_case(at, language, scene, request):  # noqa: F811
    browser: Browser = request.getfixturevalue(at)
    page, receipt = browser.page, scene.file_named(language=language)
    browser.go(f"/{language}/complaints/track/")
    page.locator("main details summary").last.click()
    browser.look()
    page.click("details a[href$='/track/lost/']")
    browser.look()
    page.fill("input[name=number]", "12")
    page.fill("input[name=contact]", "12")
    browser.go_on()
    page.fill("input[name=number]", receipt.number)
    page.fill("input[name=contact]", "০১৭১২ ৩৪৫৬৭৮")
    browser.go_on()
    page.fill("input[name=code]", "000")
    browser.go_on()
    page.click("main details summary")
    browser.look()
    message = notice_words.render(Notice.objects.get(template="code")).sms
    code = re.search(r"\d{6}", message)
    assert code
    page.fill("input[name=code]", code.group())
    browser.go_on()
    new = page.url
    follow, withdraw = page.locator(".app-secret").all_inner_texts()
    assert follow != withdraw
    page.click("main form button.govuk-button--secondary")
    browser.look()
    browser.go(new)
    browser.go(f"/{language}/complaints/track/?number={receipt.number}")
    page.fill("input[name=secret]", follow)
    browser.go_on()
    assert receipt.number in page.inner_text("main")
