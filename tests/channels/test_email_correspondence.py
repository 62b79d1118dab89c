"""A whole correspondence by e-mail: in by a mailbox or a webhook, out by SMTP, back by its token."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from channels import intake, relay
from channels.email import mailbox
from complaints.models import Case, Handle, Notice
from complaints.services import answering, casework, correspondence, links
from tests.channels.imap import PASSWORD, USER, Mailbox, certificate, serving
from tests.channels.letters import basic, inbox, photo, recorded, written
from tests.channels.smtp import Letters, post_office
from tests.complaints.conftest import Scene

__all__ = ["inbox", "post_office"]
RAHIMA = "rahima@example.org"


@pytest.fixture
def box(
    scene: Scene, inbox: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Mailbox]:
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    cache.clear()
    with serving(Mailbox(), pem) as served:
        inbox |= {"imap_host": "127.0.0.1", "imap_port": str(served.port)}
        inbox |= {"imap_user": USER, "imap_password": PASSWORD}
        yield served


def all_goes_its_way() -> None:
    """A minute of the portal's regular work."""
    mailbox.fetch_mail()
    intake.take_messages()
    relay.deliver_notices()


def answer_to(letter: EmailMessage, text: str, number: int) -> EmailMessage:
    """What a mail program makes of an answer: addresses, threads and the old letter below."""
    quoted = "\n".join(f"> {line}" for line in letter.get_content().splitlines())
    mail = written(
        f"{text}\n\nOn Sun, Nov 22, 2026 at 9:30 AM Complaint portal <no-reply@portal.example>\n"
        f"wrote:\n\n{quoted}\n",
        subject=f"Re: {letter['Subject']}",
        message_id=f"<answer-{number}@example.org>",
        In_Reply_To=letter["Message-ID"],
        References=letter["Message-ID"],
    )
    mail.replace_header("To", letter["Reply-To"])
    return mail


class Office:
    """What the offices do with the newest case that came by e-mail."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.cast = scene, scene.cast
        self.case = Case.objects.filter(channel="email").latest("id")

    def as_(self, user: Any) -> dict[str, Any]:
        return {"actor": self.scene.actor(user), "number": self.case.number}

    def take(self) -> None:
        office = self.cast.department
        casework.forward(**self.as_(self.cast.desk), office=office, reason="Theirs")
        casework.accept(**self.as_(self.cast.focal), case_officer=self.cast.case_officer)

    def ask(self) -> None:
        casework.ask(**self.as_(self.cast.case_officer), text="Which meter is it?")

    def answer(self) -> None:
        answering.answer(
            **self.as_(self.cast.case_officer),
            outcome="resolved",
            text="The meter was changed.",
            evidence="Photo",
            cause="system",
        )

    @property
    def status(self) -> str:
        return Case.objects.get(pk=self.case.pk).status


def secret_in(letter: EmailMessage) -> str:
    return "".join(re.findall(r"\d{4}", letter.get_content().split("secret", 1)[1]))[:16]


def test_from_the_first_letter_to_the_end(
    scene: Scene, box: Mailbox, post_office: Letters, clock: Any
) -> None:
    complaint = written(
        "The electricity meter shows a wrong number and nobody comes.", subject="My meter"
    )
    complaint.add_attachment(photo(), maintype="image", subtype="jpeg", filename="meter.jpg")
    box.put(complaint.as_bytes())
    all_goes_its_way()
    office = Office(scene)
    receipt, withdrawal = post_office.to(RAHIMA)
    assert office.case.number in receipt["Subject"]
    assert "Your secret to follow it" in receipt.get_content()
    assert "withdraw" in withdrawal["Subject"]
    assert not Notice.objects.exclude(sealed=None).exists()

    office.take()
    office.ask()
    all_goes_its_way()
    question = post_office.to(RAHIMA)[-1]
    assert "Which meter is it?" in question.get_content()
    reply = answer_to(question, "It is the left one.", 1)
    reply.add_attachment(photo(), maintype="image", subtype="jpeg", filename="left.jpg")
    box.put(reply.as_bytes())
    all_goes_its_way()
    assert office.status == "in_progress"
    said = office.case.statements.filter(kind="reply").get()
    assert said.body["text"] == "It is the left one."
    assert office.case.attachments.count() == 2
    assert "Added to your case" in post_office.to(RAHIMA)[-1].get_content()

    office.answer()
    all_goes_its_way()
    told = post_office.to(RAHIMA)[-1]
    assert "The meter was changed." in told.get_content()
    code = re.search(r"YES (\d{4})", told.get_content())
    assert code is not None
    box.put(answer_to(told, f"Yes {code[1]}", 2).as_bytes())
    all_goes_its_way()
    box.put(answer_to(post_office.to(RAHIMA)[-1], "5", 3).as_bytes())
    all_goes_its_way()
    assert office.status == "closed"
    assert Case.objects.count() == 1
    assert not box.unseen


def test_each_letter_of_it_brought_twice_by_both_ways_changes_nothing(
    scene: Scene, box: Mailbox, post_office: Letters, client: Client
) -> None:
    complaint = written("The electricity meter shows a wrong number.").as_bytes()
    for raw in (complaint, complaint):
        box.put(raw)
        by_webhook(client, raw)
        all_goes_its_way()
    office = Office(scene)
    office.take()
    office.ask()
    all_goes_its_way()
    raw = answer_to(post_office.to(RAHIMA)[-1], "It is the left one.", 1).as_bytes()
    for again in (raw, raw):
        by_webhook(client, again)
        box.put(again)
        all_goes_its_way()
    assert Case.objects.count() == 1
    assert office.case.statements.filter(kind="reply").count() == 1
    ids = [links.kept_id("email", letter["Message-ID"]) for letter in post_office.to(RAHIMA)]
    assert len(ids) == len(set(ids)) == Notice.objects.filter(provider_id__in=ids).count()


def by_webhook(client: Client, raw: bytes) -> None:
    body = {"FromFull": {"Email": RAHIMA}, "RawEmail": raw.decode(), "Headers": []}
    headers = {"Authorization": basic()}
    path = "/channels/email/postmark/inbound/"
    response = client.post(path, body, "application/json", headers=headers)
    assert response.status_code == 200


def test_a_stranger_with_a_forged_token_reaches_no_case_and_learns_nothing(
    scene: Scene, box: Mailbox, post_office: Letters
) -> None:
    box.put(written("The electricity meter shows a wrong number.").as_bytes())
    all_goes_its_way()
    office = Office(scene)
    office.take()
    office.ask()
    all_goes_its_way()
    forged = recorded("gmail_reply").replace(RAHIMA.encode(), b"stranger@example.org")
    box.put(forged.replace(b"It is the left meter", b"Please tell me about the left meter"))
    all_goes_its_way()
    assert office.status == "waiting"
    letters = post_office.to("stranger@example.org")
    assert letters
    assert not [letter for letter in letters if office.case.number in letter.as_string()]


def test_a_machine_at_the_other_end_is_never_answered(
    scene: Scene, box: Mailbox, post_office: Letters
) -> None:
    box.put(written("The electricity meter shows a wrong number.").as_bytes())
    all_goes_its_way()
    before = len(post_office.arrived)
    receipt = post_office.to(RAHIMA)[0]
    token = receipt["Reply-To"].partition("+")[2].partition("@")[0]
    for name in ("vacation_gmail", "vacation_outlook"):
        box.put(recorded(name, token=token, ours=receipt["Message-ID"]))
    box.put(receipt.as_bytes())
    all_goes_its_way()
    assert len(post_office.arrived) == before
    assert Case.objects.get().statements.filter(kind="message").count() == 0


def test_a_bounce_is_seen_by_those_who_watch(
    scene: Scene, box: Mailbox, post_office: Letters
) -> None:
    box.put(written("The electricity meter shows a wrong number.").as_bytes())
    all_goes_its_way()
    receipt = post_office.to(RAHIMA)[0]
    box.put(recorded("bounce", ours=receipt["Message-ID"]))
    all_goes_its_way()
    lost = Notice.objects.get(provider_id=links.kept_id("email", receipt["Message-ID"]))
    assert (lost.status, lost.delivery, lost.error) == ("failed", "failed", "5.1.1")


def test_an_hour_without_the_mail_server_loses_nothing_and_sends_nothing_twice(
    scene: Scene, box: Mailbox, post_office: Letters, clock: Any, settings: Any
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for number in range(10):
        box.put(
            written(
                f"Complaint {number}: the road is broken.",
                sender=f"p{number}@example.org",
                message_id=f"<hour-{number}@example.org>",
            ).as_bytes()
        )
    for _minute in range(60):
        all_goes_its_way()
        clock.shift(timedelta(minutes=1))
    assert not post_office.arrived
    assert Case.objects.filter(channel="email").count() == 10
    settings.EMAIL_PORT = port
    for _minute in range(30):
        all_goes_its_way()
        clock.shift(timedelta(minutes=1))
    for number in range(10):
        letters = post_office.to(f"p{number}@example.org")
        assert len(letters) == len({letter["Message-ID"] for letter in letters})
        assert "Your secret to follow it" in letters[0].get_content() + letters[1].get_content()
    assert not Notice.objects.filter(status="pending", channel="email").exists()


def test_a_named_citizen_of_the_pages_answers_by_e_mail_too(
    scene: Scene, box: Mailbox, post_office: Letters
) -> None:
    receipt = scene.file_named()
    relay.deliver_notices()
    [letter] = post_office.to(RAHIMA)
    box.put(answer_to(letter, "I have one more photo of it.", 1).as_bytes())
    all_goes_its_way()
    case = Case.objects.get(number=receipt.number)
    assert case.statements.filter(kind="message").count() == 1
    # Whoever writes from there has not proved the case by it: it does not become theirs.
    handle = Handle.objects.get(channel="email")
    assert not correspondence.own_cases(handle).exists()
