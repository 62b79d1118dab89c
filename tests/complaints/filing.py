"""Somebody who files page by page, for the tests of filing."""

import re
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

NEW = "/en/complaints/new/"


TEXT = "The electricity meter shows a wrong number since October."


ANONYMOUS = {"who": "nobody", "for_whom": "self"}


class Walk:
    """A visitor on the pages of a filing."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = ""

    def begin(self, about: str = "no") -> "Walk":
        answer = self.client.post(NEW, {"about": about})
        assert answer.status_code == 302
        self.token = answer.url.split("/")[-3]
        return self

    def url(self, step: str, query: str = "") -> str:
        return f"{NEW}{self.token}/{step}/{query}"

    def get(self, step: str, query: str = "", **more):
        return self.client.get(self.url(step, query), **more)

    def post(self, step: str, data: dict | None = None, query: str = "", **more):
        return self.client.post(self.url(step, query), data or {}, **more)

    def to_check(self, you: dict | None = None, text: str = TEXT, about: str = "no") -> "Walk":
        """Everything answered, nothing sent."""
        self.begin(about)
        self.post("what", {"kind": "complaint", "text": text})
        self.post("place", {"unknown": "1"})
        self.post("you", you or ANONYMOUS)
        return self

    def send(self):
        return self.post("check")


def html(answer) -> str:
    return answer.content.decode()


def photo(name: str = "meter.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", (20, 20), "#884422").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue())


def secrets_in(page: str) -> list[str]:
    return re.findall(r"\d{4} \d{4} \d{4} \d{4}", page)
