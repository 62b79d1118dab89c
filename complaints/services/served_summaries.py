"""Serving a written summary on somebody whom a case is about: all that they ever get to read of it.

The words may not tell who filed the case: what is known of the citizen is looked for before they are
served. Source: "Kinds, and what is sensitive" of the casework rules.
"""

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from agencies.models import Post
from complaints import identifying, limits, redaction
from complaints.bars import respondents_of
from complaints.errors import Invalid, TooMany
from complaints.models import Appeal, Case, Contact, Respondent, ServedSummary, Statement
from complaints.services import contacts, sealing
from complaints.services.casework import words
from complaints.services.work import Work, at_work
from complaints.situations import window_end

#: The code of the refusal of a text that tells who filed the case.
TELLS_WHO = "tells_who"


def serve(
    *, actor: Actor, number: str, respondent: int, user: int, text: str, seen: int | None = None
) -> Case:
    """Serve a summary on a respondent: the person, or whoever holds the post now.

    Raises Invalid where the text tells who filed the case, or the person is not (any more) one whom
    the case is about; TooMany after too many such texts.
    """
    text = words("text", text, least=10)
    with at_work(actor, number, seen) as work:
        _serve(work, respondent, user, {"text": text}, template="served")
    return work.case


def serve_decision(work: Work, appeal: Appeal, text: str, *, upheld: bool, is_last: bool) -> None:
    """Serve the decision on a respondent's appeal, in words that are meant for them alone.

    `is_last`: it is final. Has to be done before the decision itself, while the case is in appeal.
    """
    served = appeal.through
    if served is None:
        return
    if is_last and not upheld:
        theirs = ServedSummary.objects.filter(case=work.case, user=served.user_id)
        theirs.filter(appeal_until__gt=work.now).update(appeal_until=work.now)
    said = {"for_respondent": words("for_respondent", text, least=10)}
    _serve(
        work,
        served.respondent_id,
        served.user_id,
        said,
        template="served_decision",
        decision="upheld" if upheld else "dismissed",
        may_appeal=not (upheld or is_last),
    )


def servable(case: Case) -> list[tuple[Respondent, User]]:
    """Whom a summary can be served on: persons, and for posts whoever holds them now.

    People who may no longer sign in could not read it, and the case's own citizen needs none.
    """
    rows = respondents_of(case)
    offices = {row.office_id for row in rows if row.user_id is None}
    held = Post.objects.held_at().filter(office__in=offices, user__is_active=True)
    posts = list(held.select_related("user").order_by("held_from", "id"))
    people = User.objects.filter(pk__in=[r.user_id for r in rows], is_active=True).in_bulk()
    found: list[tuple[Respondent, User]] = []
    for row in rows:
        if row.user_id is None:
            of_post = [p.user for p in posts if (p.office_id, p.role) == (row.office_id, row.role)]
            found += [(row, user) for user in of_post]
        elif person := people.get(row.user_id):
            found.append((row, person))
    return [(row, user) for row, user in found if user.pk != case.owner_id]


def _serve(
    work: Work,
    respondent_id: int,
    user_id: int,
    said: dict[str, str],
    *,
    template: str,
    decision: str = "",
    may_appeal: bool = True,
) -> None:
    """The event, the row, and the letter that names neither the case nor what it is about.

    `said` is the text under the name of its field. Whether it tells who filed the case is looked into
    only once the table allows to serve it: a refusal confirms a guess.
    """
    ((field, text),) = said.items()
    event = work.make(
        "serve",
        data={"respondent": respondent_id, "served": user_id}
        | ({"decision": decision} if decision else {}),
        said={"text": text},
        kind=Statement.Kind.SUMMARY,
        internal=True,
    )
    check_text(work.case, work.actor, text, field)
    user = _whom(work.case, respondent_id, user_id, decided=bool(decision))
    days = work.clockwork.policy("appeal_window").amount
    until = window_end(work.now, days, work.registry.default_calendar.zone) if may_appeal else None
    summary = ServedSummary(
        case=work.case,
        respondent_id=respondent_id,
        user=user,
        served_at=work.now,
        appeal_until=until,
    )

    def keep(at: Work) -> None:
        summary.event = event
        summary.save(force_insert=True)
        Respondent.objects.filter(pk=respondent_id).update(served_at=at.now)

    work.after.append(keep)
    due = {"appeal_due": until.isoformat()} if until else {}
    work.outbox.tell_served(user, summary.key, template=template, **due)


def _whom(case: Case, respondent_id: int, user_id: int, *, decided: bool) -> User:
    """Who is served. A decision goes to whoever appealed, whatever post they hold by now."""
    if decided:
        return User.objects.get(pk=user_id)
    for row, user in servable(case):
        if (row.pk, user.pk) == (respondent_id, user_id):
            return user
    raise Invalid(fields={"whom": [_("Choose somebody whom the case is about.")]})


def check_text(case: Case, actor: Actor, text: str, field: str) -> None:
    """Refuse a text that tells who filed the case. Raises Invalid for the field, or TooMany.

    A refusal confirms a guess, so only a few are given in an hour.
    """
    if not identifying.tells(text, known_of(case)):
        return
    if (
        limits.summaries_refused(f"{actor.user_id}\x00{case.number}")
        > limits.SUMMARIES_REFUSED_AN_HOUR
    ):
        raise TooMany
    sentence = _(
        "This tells who filed the case: a name, number or address of theirs is in it. Write it"
        " without them."
    )
    raise Invalid(code=TELLS_WHO, fields={field: [sentence]})


def suggestion(case: Case, text: str, language: str = "") -> str:
    """The text with everything masked that tells who filed it, or looks as if it could."""
    plain = identifying.without(text, known_of(case), language or case.language)
    return redaction.masked(plain, language or case.language)


def known_of(case: Case) -> identifying.Known:
    """What is known of whoever filed the case, opened here and shown to nobody."""
    names, numbers, addresses = list[str](), [case.number], list[str]()
    found = Contact.objects.filter(case=case, erased_at=None)
    contact = found.select_related("data_key", "handle").first()
    if contact is not None:
        details = contacts.details_of(contact)
        names += [details.get("name", ""), details.get("for_name", "")]
        numbers.append(details.get("phone", ""))
        addresses.append(details.get("email", ""))
        if contact.handle is not None and contact.handle.sealed:
            handle = sealing.unseal(contact.handle.sealed)
            ways = [str(way) for way in (handle.get("address"), handle.get("other")) if way]
            numbers += ways
            addresses += ways
    if case.owner is not None:
        names.append(case.owner.name)
        numbers.append(case.owner.phone)
        addresses.append(case.owner.email)
    return identifying.Known(
        *(tuple(filter(None, values)) for values in (names, numbers, addresses))
    )


def dismissed_before(case: Case, user_id: int) -> list[Appeal]:
    """Appeals of a respondent against the answer that stands now, which were dismissed."""
    rows = Appeal.objects.filter(case=case, through__user=user_id, upheld=False)
    if case.answered_at is not None:
        rows = rows.filter(filed_at__gte=case.answered_at)
    return list(rows)
