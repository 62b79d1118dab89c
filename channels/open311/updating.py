"""POST servicerequestupdates: what a program that filed a case has to add, as its citizen's message.

Only the key that filed a case may write to it: the record of the filing holds its id. Whose words they
are beyond that nobody can tell, so they move nothing: a status that is not the case's own is refused.
"""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from channels.models import ApiKey, Message
from channels.open311 import answers
from channels.open311.asking import read_date
from channels.open311.filing import CHANNEL, LONGEST, Form, language, problem_of
from channels.open311.formats import Value
from channels.open311.problems import NO_SUCH_REQUEST, Problem
from complaints.errors import Invalid
from complaints.models import Case, Event
from complaints.services import casework, sealing
from complaints.tracking import read_number

LONGEST_ID = 200


def update(post: QueryDict, key: ApiKey, *, repeat_key: str) -> list[Value]:
    """Send a message to whoever has the case; says the update's id, which is ours.

    The same `update_id` (or `repeat_key`) of the same key for the same case is one message, however
    often it comes. Raises Problem.
    """
    form = Form(post)
    case = filed_with(key, form.word("service_request_id"))
    text = _checked(form, case)
    theirs = form.word("update_id") or repeat_key
    if not theirs:
        raise Problem(400, _("update_id is missing."))
    message = _send(key, case, text, theirs)
    return [{"update_id": message.key.hex, "account_id": form.word("account_id") or None}]


def filed_with(key: ApiKey, number: str) -> Case:
    """The case that this key filed. Raises Problem: the same for a case of others and for none."""
    if not number:
        raise Problem(400, _("service_request_id is missing."))
    case = Case.objects.filter(country=settings.COUNTRY, number=read_number(number) or "").first()
    filed = Event.objects.filter(
        case=case, seq=1, move="submit", channel=CHANNEL, data__api_key=str(key.pk)
    )
    if case is None or not filed.exists():
        raise Problem(404, NO_SUCH_REQUEST)
    return case


def _checked(form: Form, case: Case) -> str:
    """The words of the message. Raises Problem with everything that is wrong."""
    text, now = form.word("description"), answers.status(case).upper()
    if len(text) > LONGEST:
        form.wrong.append(_("description: at most %(most)s characters.") % {"most": LONGEST})
    status = form.word("status").upper()
    if status and status != now:
        form.wrong.append(
            _("status: it is %(now)s, and only whoever has the case can change it.") % {"now": now}
        )
    if given := form.word("updated_datetime"):
        try:
            read_date(given)
        except ValueError:
            form.wrong.append(_("updated_datetime: write it like 2026-01-31T00:00:00Z."))
    if form.wrong:
        raise Problem(400, *form.wrong)
    media = [f"media_url: {address}" for address in form.words("media_url")]
    return "\n\n".join(part for part in (text, "\n".join(media)) if part)


def _send(key: ApiKey, case: Case, text: str, theirs: str) -> Message:
    """The message and the note that it came, in one transaction; a repeat gives the first one."""
    now, account = timezone.now(), f"key-{key.pk}"
    # One case's updates may be numbered like another's.
    external_id = sealing.blind_index("update", f"{case.number}\x00{theirs}")
    citizen = Actor(kind="citizen", case_id=case.pk, channel=CHANNEL, language=language())
    try:
        with transaction.atomic():
            message = Message.objects.create(
                channel=CHANNEL,
                account=account,
                external_id=external_id,
                case=case,
                state=Message.State.DONE,
                next_at=now,
                received_at=now,
                done_at=now,
            )
            casework.message(actor=citizen, number=case.number, text=text)
    except IntegrityError:
        return Message.objects.get(channel=CHANNEL, account=account, external_id=external_id)
    except Invalid as error:
        raise problem_of(error) from error
    return message
