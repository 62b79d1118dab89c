"""Mail services bring letters by webhook: signed as each documents, proven by anymail, stored once."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from structlog.testing import capture_logs

from channels import intake
from channels.models import Message
from complaints.models import Case
from complaints.services import links, sealing
from tests.channels.letters import ADDRESS, basic, inbox, photo, recorded, written
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

pytestmark = pytest.mark.usefixtures("inbox", "scene")
__all__ = ["inbox"]
KEY = "key-of-mailgun"


@pytest.fixture
def _mailgun(inbox: dict[str, str], settings: Any) -> None:
    settings.ANYMAIL = settings.ANYMAIL | {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


# --- Postmark: JSON, basic authentication -----------------------------------------------------


def postmark(**changes: Any) -> dict[str, Any]:
    """The inbound webhook of https://postmarkapp.com/developer/webhooks/inbound-webhook."""
    body = {
        "FromName": "Rahima",
        "MessageStream": "inbound",
        "From": "rahima@example.org",
        "FromFull": {"Email": "rahima@example.org", "Name": "Rahima", "MailboxHash": ""},
        "To": ADDRESS,
        "ToFull": [{"Email": ADDRESS, "Name": "", "MailboxHash": ""}],
        "Cc": "",
        "CcFull": [],
        "Bcc": "",
        "BccFull": [],
        "OriginalRecipient": ADDRESS,
        "Subject": "মিটার",
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "ReplyTo": "",
        "MailboxHash": "",
        "Date": "Sun, 22 Nov 2026 10:00:00 +0600",
        "TextBody": "তিন দিন ধরে আমাদের গ্রামে বিদ্যুৎ নেই।\n",
        "HtmlBody": "<p>তিন দিন ধরে</p>",
        "StrippedTextReply": "",
        "Tag": "",
        "Headers": [
            {"Name": "Return-Path", "Value": "<rahima@example.org>"},
            {"Name": "Message-ID", "Value": "<postmark-1@example.org>"},
            {"Name": "MIME-Version", "Value": "1.0"},
        ],
        "Attachments": [],
    }
    return body | changes


def post(
    client: Client, body: Any, service: str = "postmark/inbound/", proof: str | None = basic()
) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": proof} if proof is not None else {}
    path = f"/channels/email/{service}"
    return client.post(path, content, "application/json", headers=headers).status_code


def test_a_letter_by_postmark_becomes_a_case(client: Client) -> None:
    photos = [
        {
            "Name": "মিটার.jpg",
            "Content": base64.b64encode(photo()).decode(),
            "ContentType": "image/jpeg",
            "ContentLength": 4096,
        }
    ]
    assert post(client, postmark(Attachments=photos)) == 200
    intake.take_messages()
    case = Case.objects.get()
    assert case.text == "মিটার\n\nতিন দিন ধরে আমাদের গ্রামে বিদ্যুৎ নেই।"
    assert [file.name for file in case.attachments.all()] == ["মিটার.jpg"]


def test_the_token_of_the_recipient_is_found(client: Client, scene: Scene) -> None:
    play = Play(scene).forward().accept().ask()
    to = f"complaints+{links.reply_token(play.case.pk)}@portal.example"
    assert post(client, postmark(OriginalRecipient=to, Subject="Re: Case")) == 200
    intake.take_messages()
    assert Message.objects.get().case == play.case
    assert "reply" in play.moves


def test_a_raw_letter_in_it_is_preferred(client: Client) -> None:
    assert post(client, postmark(RawEmail=recorded("bangla_new").decode())) == 200
    intake.take_messages()
    assert "চর আলেকজান্ডার" in Case.objects.get().text


@pytest.mark.parametrize(
    "proof", [None, "", "Basic", "Basic !!!", basic("portal:wrong"), basic("wrong"), "Bearer x"]
)
def test_without_the_secret_nothing_is_stored(client: Client, proof: str | None) -> None:
    with capture_logs() as logs:
        assert post(client, postmark(), proof=proof) == 403
        assert post(client, b"{no json", proof=proof) == 403
    assert not Message.objects.exists()
    assert [entry["event"] for entry in logs].count("forged") == 2
    assert "rahima" not in str(logs)


def test_a_repeat_is_answered_like_the_first_and_changes_nothing(client: Client) -> None:
    for _again in range(3):
        assert post(client, postmark()) == 200
    assert Message.objects.count() == 1


def test_a_letter_without_id_that_is_brought_again_is_the_same(client: Client) -> None:
    picture = base64.b64encode(photo()).decode()
    files = [{"Name": "a.jpg", "Content": picture, "ContentType": "image/jpeg"}]
    body = postmark(Headers=[], Attachments=files)
    assert [post(client, body) for _again in range(2)] == [200, 200]
    assert Message.objects.count() == 1


def test_a_letter_of_twenty_megabytes_is_no_form_and_has_no_form_s_limit(client: Client) -> None:
    large = base64.b64encode(photo() + b"\0" * 9 * 1024 * 1024).decode()
    files = [{"Name": "a.jpg", "Content": large, "ContentType": "image/jpeg"}] * 2
    body = json.dumps(postmark(Attachments=files)).encode()
    assert len(body) > 20 * 1024 * 1024
    assert post(client, body) == 200
    intake.take_messages()
    assert Case.objects.get().attachments.count() == 2


@pytest.mark.parametrize(
    "body", [b"{no json", b"[]", b'"words"', b"{}", b"\xff\xfe", b"", b'{"Headers": 7}']
)
def test_what_a_proven_service_brings_and_nobody_understands_is_kept(
    client: Client, body: bytes
) -> None:
    assert post(client, body) == 200
    row = Message.objects.get()
    if row.state == "unreadable":
        assert row.why == "not_parsed"
    else:
        intake.take_messages()
        row.refresh_from_db()
        assert (row.state, row.why) == ("unreadable", "no_sender")
    assert not Case.objects.exists()


def test_a_machine_by_webhook_is_nothing(client: Client) -> None:
    nobody = [{"Name": "Return-Path", "Value": "<>"}, {"Name": "Message-ID", "Value": "<a@b>"}]
    assert post(client, postmark(Headers=nobody)) == 200
    intake.take_messages()
    assert Message.objects.get().why == "nothing"


def test_what_the_service_takes_for_spam_is_looked_at_first(client: Client) -> None:
    headers = [*postmark()["Headers"], {"Name": "X-Spam-Status", "Value": "Yes"}]
    post(client, postmark(Headers=headers))
    intake.take_messages()
    assert Message.objects.get().why == "spam"


# --- Mailgun: forms, signed -------------------------------------------------------------------


def mailgun(**fields: Any) -> dict[str, Any]:
    """A route's forward() of https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store."""
    token, stamp = "t" * 50, "1795320000"
    signature = hmac.new(KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    headers = [
        ["Received", "by luna.mailgun.net with SMTP mgrt 8734663311733"],
        ["X-Envelope-From", "<rahima@example.org>"],
        ["From", "রহিমা <rahima@example.org>"],
        ["To", ADDRESS],
        ["Subject", "বিদ্যুৎ নেই"],
        ["Date", "Sun, 22 Nov 2026 10:00:00 +0600"],
        ["Message-Id", "<mailgun-1@example.org>"],
        ["Content-Type", 'multipart/mixed; boundary="------------020601070403020003080006"'],
    ]
    body = {
        "recipient": ADDRESS,
        "sender": "rahima@example.org",
        "subject": "বিদ্যুৎ নেই",
        "from": "রহিমা <rahima@example.org>",
        "message-headers": json.dumps(headers),
        "body-plain": "তিন দিন ধরে আমাদের গ্রামে বিদ্যুৎ নেই।",
        "stripped-text": "তিন দিন ধরে আমাদের গ্রামে বিদ্যুৎ নেই।",
        "timestamp": stamp,
        "token": token,
        "signature": signature,
    }
    return body | fields


def forward(
    client: Client, fields: dict[str, Any], path: str = "mailgun/inbound/", proof: str = basic()
) -> int:
    headers = {"Authorization": proof}
    return client.post(f"/channels/email/{path}", fields, headers=headers).status_code


@pytest.mark.usefixtures("_mailgun")
def test_a_letter_by_mailgun_comes_with_its_files(client: Client) -> None:
    files = {
        "attachment-count": "2",
        "attachment-1": SimpleUploadedFile("meter.jpg", photo(), "image/jpeg"),
        "attachment-2": SimpleUploadedFile("virus.exe", b"MZ\0\0", "application/octet-stream"),
    }
    assert forward(client, mailgun(**files)) == 200
    intake.take_messages()
    case = Case.objects.get()
    assert case.text.endswith("তিন দিন ধরে আমাদের গ্রামে বিদ্যুৎ নেই।")
    assert [file.name for file in case.attachments.all()] == ["meter.jpg"]
    assert Message.objects.get().fetched["left"] == ["1"]


@pytest.mark.usefixtures("_mailgun")
def test_a_raw_letter_by_mailgun_is_taken_too(client: Client) -> None:
    raw = mailgun(**{"body-mime": recorded("bangla_new").decode()})
    assert forward(client, raw, "mailgun/inbound_mime/") == 200
    intake.take_messages()
    assert "চর আলেকজান্ডার" in Case.objects.get().text


@pytest.mark.usefixtures("_mailgun")
@pytest.mark.parametrize(
    ("change", "proof"),
    [
        ({"signature": "0" * 64}, basic()),
        ({"timestamp": "1795320001"}, basic()),
        ({"signature": ""}, basic()),
        ({}, basic("portal:wrong")),
        ({}, ""),
    ],
)
def test_mailgun_needs_its_signature_and_the_secret(
    client: Client, change: dict[str, str], proof: str
) -> None:
    assert forward(client, mailgun(**change), proof=proof) == 403
    assert not Message.objects.exists()


@pytest.mark.usefixtures("_mailgun")
def test_a_form_that_nobody_understands_is_kept(client: Client) -> None:
    for subject in ("first", "second"):
        assert forward(client, mailgun(**{"message-headers": "{", "subject": subject})) == 200
    rows = Message.objects.all()
    assert [(row.state, row.why) for row in rows] == [("unreadable", "not_parsed")] * 2
    assert "first" in sealing.unseal(rows[0].sealed or b"")["raw"]


def test_a_service_whose_key_is_missing_is_not_used(client: Client) -> None:
    with capture_logs() as logs:
        assert forward(client, mailgun()) == 404
    assert logs[0]["event"] == "mail service not set up"
    assert not Message.objects.exists()


# --- Amazon SES: notifications of SNS ---------------------------------------------------------


def ses(raw: bytes, **changes: Any) -> dict[str, Any]:
    """An SNS notification of a receipt rule with the SNS action, base64."""
    notification = {
        "notificationType": "Received",
        "receipt": {
            "recipients": [ADDRESS],
            "spamVerdict": {"status": "PASS"},
            "action": {"type": "SNS", "topicArn": "arn:aws:sns:x:1:mail", "encoding": "BASE64"},
        },
        "mail": {
            "timestamp": "2026-11-22T04:00:00.000Z",
            "source": "rahima@example.org",
            "messageId": "d6iitobk75ur44p8kdnnp7g2n800",
            "destination": [ADDRESS],
        },
        "content": base64.b64encode(raw).decode(),
    }
    body = {
        "Type": "Notification",
        "MessageId": "8f6dee70-c885-558a-be7d-bd48bbf5335e",
        "TopicArn": "arn:aws:sns:x:1:mail",
        "Message": json.dumps(notification),
        "Timestamp": "2026-11-22T04:00:01.000Z",
    }
    return body | changes


@pytest.fixture
def _boto(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if anymail's extra for SES were installed; a letter within the notification needs nothing of it."""
    params = "anymail.webhooks.amazon_ses._get_anymail_boto3_params"
    monkeypatch.setattr(params, lambda **_: ({}, {}))


def notify(client: Client, body: dict[str, Any], proof: str | None = basic()) -> Any:
    sns = {
        "x-amz-sns-message-type": body["Type"],
        "x-amz-sns-message-id": "8f6dee70-c885-558a-be7d-bd48bbf5335e",
    }
    headers = sns | ({"Authorization": proof} if proof else {})
    path = "/channels/email/amazon_ses/inbound/"
    return client.post(path, json.dumps(body), "text/plain; charset=UTF-8", headers=headers)


@pytest.mark.usefixtures("_boto")
def test_a_letter_by_ses_becomes_a_case(client: Client) -> None:
    assert notify(client, ses(recorded("wrong_charset"))).status_code == 200
    intake.take_messages()
    assert Case.objects.get().text.startswith("মিটার নষ্ট")


@pytest.mark.usefixtures("_boto")
def test_sns_is_asked_for_the_secret_first_and_has_to_know_it(client: Client) -> None:
    asked = notify(client, ses(recorded("bangla_new")), proof=None)
    assert (asked.status_code, asked["WWW-Authenticate"][:5]) == (401, "Basic")
    assert notify(client, ses(recorded("bangla_new")), basic("portal:wrong")).status_code == 403
    wrong = ses(recorded("bangla_new"), MessageId="another")
    assert notify(client, wrong).status_code == 403
    assert not Message.objects.exists()


@pytest.mark.usefixtures("_boto")
def test_garbage_for_sns_is_kept_only_with_the_secret(client: Client) -> None:
    path = "/channels/email/amazon_ses/inbound/"
    for proof, status in ((basic("x:y"), 403), (basic(), 200)):
        headers = {"Authorization": proof}
        assert client.post(path, "{", "text/plain", headers=headers).status_code == status
        assert Message.objects.count() == (status == 200)


def test_without_its_package_ses_is_not_used(client: Client) -> None:
    assert notify(client, ses(recorded("bangla_new"))).status_code == 404


# --- The door itself --------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["address", "webhook_secret"])
def test_it_is_closed_where_it_is_not_set_up(
    client: Client, inbox: dict[str, str], missing: str
) -> None:
    inbox[missing] = ""
    assert post(client, postmark()) == 404
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "service", ["postmark/tracking/", "postmark/", "nobody/inbound/", "", "../mailgun/inbound/"]
)
def test_there_is_no_other_door(client: Client, service: str) -> None:
    assert post(client, postmark(), service) == 404


def test_it_takes_no_reading(client: Client) -> None:
    assert client.get("/channels/email/postmark/inbound/").status_code == 405
    assert client.head("/channels/email/postmark/inbound/").status_code == 200
    assert client.post("/channels/inbox/").status_code == 403


def test_a_hundred_letters_are_each_a_case(client: Client, settings: Any) -> None:
    for number in range(100):
        mail = written(
            f"Complaint {number}: the road is broken.",
            sender=f"p{number}@example.org",
            message_id=f"<many-{number}@example.org>",
        )
        assert post(client, postmark(RawEmail=mail.as_string())) == 200
    assert intake.take_messages(seconds=120) == 100
    assert Case.objects.filter(channel="email").count() == 100
