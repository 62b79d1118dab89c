"""Whether a telephone number is really the citizen's: an operator's counter has one of its own.

News of everybody's case would come to it. So whoever gives the same number for several people is asked.
"""

from accounts.actors import Actor
from agencies.naming import comparable
from complaints.models import Contact
from complaints.services import contacts, sealing
from console.filed import filings_today

#: From so many people in a day on, one number is asked about.
MANY_PEOPLE = 3
MOST_READ = 20


def people_with(actor: Actor, phone: str, name: str) -> int:
    """For how many people this operator gave a number today, the one of this name included.

    People are told apart by their names; those without one count as one. `phone` is E.164.
    """
    if not phone:
        return 0
    given = Contact.objects.filter(
        phone_index=sealing.blind_index("phone", phone),
        case__in=filings_today(actor).values("case"),
        erased_at=None,
    )
    names = {comparable(name)}
    for contact in given.select_related("data_key")[:MOST_READ]:
        names.add(comparable(str(contacts.details_of(contact).get("name", ""))))
    return len(names)
