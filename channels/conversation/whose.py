"""Which case does a message belong to? In this order, and never by a subject or a number alone:

a signed token that it brings back; the message of ours that it answers; a case number, from whoever
the case belongs to; their only open case; if there are several, a question; else a new complaint.
"""

from django.conf import settings

from agencies.models import Office
from agencies.selectors import agency_named
from channels import grammar
from channels.conversation.talk import Talk
from complaints.models import Case
from complaints.services import correspondence, links
from complaints.submission import MIN_LETTERS


def named(talk: Talk) -> Case | None:
    """The case that the message itself names: by our token, our message, or its number."""
    incoming = talk.incoming
    if incoming.token:
        return links.case_of_reply(incoming.token)
    if incoming.reply_to:
        case = correspondence.case_of_message(talk.handle, incoming.reply_to)
        if case is not None:
            return case
    number = grammar.number_in(talk.text)
    case = Case.objects.filter(number=number).first() if number else None
    return case if case is not None and correspondence.belongs(talk.handle, case) else None


def possible(talk: Talk) -> tuple[Case | None, list[Case]]:
    """Their only open case; or those of which they have to say which, perhaps none.

    Not after a wrong token: that is a complaint of its own. Where no questions are asked, several
    are as good as none.
    """
    if talk.incoming.token:
        return None, []
    own = correspondence.open_cases(talk.handle)
    if len(own) == 1 and not begins_with_agency(talk.text):
        return own[0], []
    choices = own or correspondence.cases_with_this_contact(talk.handle)
    return None, choices if talk.channel.talks else []


def begins_with_agency(text: str) -> Office | None:
    """`<agency> <complaint>`: the agency whose name or alias stands first, with enough behind it."""
    words = text.split()
    names = [
        " ".join(words[:count])
        for count in (3, 2, 1)
        if grammar.letters(" ".join(words[count:])) >= MIN_LETTERS
    ]
    return agency_named(settings.COUNTRY, names)
