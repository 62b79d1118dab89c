"""Files as people send them, for the tests of files."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image

from accounts.actors import Actor
from complaints.errors import Invalid
from complaints.models import Attachment
from complaints.services import files
from complaints.views.files import attachment as file_view

PLAIN_PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


CITIZEN = Actor(kind="citizen")


def image(form: str = "JPEG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **more)
    return out.getvalue()


def stored(kept: Attachment) -> bytes:
    with kept.file.open() as file:
        return file.read()


def closed(answer: Any) -> Any:
    """The answer as it was, its file closed; `body` holds what was sent."""
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for close in answer._resource_closers:  # `close` itself would also end the database connection
        close()
    return answer


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def pdf(extra: bytes) -> bytes:
    return PLAIN_PDF.replace(b"trailer", extra + b"\ntrailer")


def refused(content: bytes, name: str = "photo.jpg") -> str:
    with pytest.raises(Invalid) as refusal:
        files.store(actor=CITIZEN, upload=upload(content, name))
    assert not Attachment.objects.exists()
    return str(refusal.value.fields["files"][0])


def store(content: bytes | None = None, name: str = "photo.jpg") -> Attachment:
    return files.store(actor=CITIZEN, upload=upload(content or image(), name))


def fetch(kept: Attachment, actor: Actor, **headers: str) -> Any:
    """Ask for a file as somebody, who proved the case if they are its citizen."""
    request = RequestFactory().get(f"/files/{kept.key}/", headers=headers)
    user_id = actor.user_id
    request.user = SimpleNamespace(pk=user_id, is_authenticated=user_id is not None)
    request.session = {}
    request.actor = actor
    if actor.case_id:
        case = kept.case
        request.session["proofs"] = {
            case.number: {
                "id": actor.case_id,
                "withdraws": False,
                "hash": case.secret_hash[:16],
                "at": case.filed_at.timestamp(),
            }
        }
        request.actor = CITIZEN
    return closed(file_view(request, kept.key))
