"""E-mail out, by Django's backend; one connection a batch.

Where mail comes in too, a citizen can answer: to an address, and to a Message-ID, that carry the
signed token of their case (`marks.py`).
"""

import smtplib
from types import TracebackType
from typing import Self

from django.core.mail import EmailMessage, get_connection

from channels.email import marks
from channels.outbound import CannotSend, Letter
from complaints.notice_texts import FOR_OFFICERS
from complaints.services import links

#: What nobody is to answer: a code is given to no one, least of all to us.
UNANSWERED = FOR_OFFICERS.keys() | {"code"}


class EmailOut:
    """Sends plain text. The Message-ID comes from the reference: a repeat is the same message."""

    provider = "mail"

    def __init__(self) -> None:
        self.connection = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.connection.close()

    def send(self, letter: Letter) -> str:
        """Send one e-mail; its id is the Message-ID. Raises CannotSend."""
        message, is_answered = letter.message, _can_be_answered(letter)
        token = links.reply_token(letter.case_id) if is_answered and letter.case_id else ""
        message_id = marks.message_id(letter.reference, token)
        mail = EmailMessage(
            subject=" ".join(message.subject.split()),
            body=message.body,
            to=[letter.to],
            reply_to=[marks.reply_address(token)] if is_answered else None,
            connection=self.connection,
            headers={
                "Message-ID": message_id,
                "Auto-Submitted": "auto-generated",
                "Content-Language": message.language,
            },
        )
        try:
            self.connection.open()
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise CannotSend("refused", for_good=all(code >= 500 for code in codes)) from None
        except (OSError, smtplib.SMTPException) as error:
            # What the server said may hold the address; the next message gets a new connection.
            self.connection.close()
            raise CannotSend(type(error).__name__, is_outage=True) from None
        except ValueError:
            raise CannotSend("bad_address", for_good=True) from None
        return message_id


def _can_be_answered(letter: Letter) -> bool:
    """Whether somebody reads what comes back: from citizens, where there is a mailbox."""
    return bool(marks.inbox_address()) and letter.message.template not in UNANSWERED
