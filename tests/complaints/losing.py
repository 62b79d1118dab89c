"""Asking for new secrets, for the tests of it."""

import re
from typing import Any

from django.test import Client

from complaints.models import ContactProof, Notice
from complaints.services import lost_secret, notice_words
from complaints.services.intake import Receipt

LOST = "/en/complaints/track/lost/"


PHONE, EMAIL = "01712345678", "rahima@example.org"


OTHER_PHONE = "01811223344"


ON_ITS_WAY = "If this is the contact of that case, a code is on its way."


NO_FIT = "This code does not fit, or it is no longer valid."


def asked(receipt: Receipt, contact: str = PHONE, **more: Any) -> ContactProof:
    return lost_secret.ask_code(number=receipt.number, contact=contact, **more)


def code_of(proof: ContactProof) -> str:
    """The code as it is sent, read from the message that goes out."""
    notice = Notice.objects.get(key=f"code:{proof.key}")
    found = re.search(r"\d{6}", notice_words.render(notice).sms)
    assert found
    return found.group()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def use(proof: ContactProof, code: str = "", **more: Any):
    return lost_secret.use_code(key=proof.key, code=code or code_of(proof), **more)


def opens(receipt: Receipt, secret: str) -> bool:
    answer = Client().post("/en/complaints/track/", {"number": receipt.number, "secret": secret})
    return bool(answer.status_code == 302)


def post(number: str, what: str, body: dict[str, str]):
    return Client().post(
        f"/api/v1/complaints/{number}/{what}/", body, content_type="application/json"
    )
