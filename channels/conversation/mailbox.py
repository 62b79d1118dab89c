"""The mailbox of a case, by its number and secret: for whoever gave no contact, from any telephone.

`<number> <secret> <words>` brings words and files to the case, and nothing but the two has to be known.
News is not sent to where it came from: whoever wants that says `STATUS`. With no words it tells how
the case stands.
"""

from channels import grammar
from channels.conversation import acting, commands
from channels.conversation.talk import Talk
from complaints.errors import NoSuchCase, TooMany
from complaints.models import Case
from complaints.proofs import check_secret
from complaints.services import correspondence


def take(talk: Talk) -> bool:
    """Bring a message to the case whose number and secret stand in it; False if there are none.

    A wrong secret is said, and counted. What stands beside a number alone is looked at no further.
    """
    number = grammar.number_in(talk.text)
    words = grammar.without_number(talk.text)
    secret = correspondence.secret_like(words) if number else ""
    if not secret:
        return False
    case = _opened(talk, number, secret)
    if case is None:
        return True
    words = (
        correspondence.without_secrets(case, words).replace(correspondence.LEFT_OUT, " ").strip()
    )
    if words or talk.files or talk.incoming.latitude is not None:
        acting.words_to(talk, case, words, talk.files)
    else:
        commands.tell(talk, case)
    return True


def _opened(talk: Talk, number: str, secret: str) -> Case | None:
    try:
        case, _withdraws = check_secret(number, secret, f"{talk.handle.channel}:{talk.handle.pk}")
    except NoSuchCase:
        talk.say("chat_no_case")
    except TooMany:
        talk.say("chat_too_many")
    else:
        return case
    return None
