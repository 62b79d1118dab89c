"""E-mail out, by Django's backend; one connection a batch."""

import smtplib
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from channels.outbound import CannotSend, Letter


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
        message = letter.message
        message_id = f"<notice-{letter.reference}@{urlsplit(settings.PUBLIC_URL).hostname}>"
        mail = EmailMessage(
            subject=" ".join(message.subject.split()),
            body=message.body,
            to=[letter.to],
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
