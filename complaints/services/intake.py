"""How a complaint comes in: checked, sealed, routed and recorded in one transaction.

Safe to repeat: with a key, the same filing gets the same receipt for 24 hours.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import written
from accounts.actors import Actor
from agencies import snapshot
from agencies.snapshot import Registry
from complaints import limits, moment, tracking
from complaints.errors import Invalid
from complaints.models import Case, Contact, Respondent, Statement
from complaints.models.case import Kind
from complaints.parties import Standing
from complaints.services import contacts, receipts, repeating, restrictions, router, sealing
from complaints.services.repeating import Key
from complaints.services.respondents import respondent_rows
from complaints.services.work import Work
from complaints.submission import ContactDetails, Submission, clean_email, clean_phone, clean_text
from complaints.workflow import Party
from routing.facts import Decision

TRIES = 3
#: What is written with a case, in its transaction, once it has an id.
Then = Callable[[Work], None]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the citizen is given, once. Dates are ISO moments in UTC; agency is an office's code."""

    number: str
    secret: str
    withdrawal_secret: str
    status: str
    forward_due: str
    answer_due: str
    agency: str | None
    #: The signed receipt (`receipts.signed_receipt`); empty in one that was kept before there were any.
    proof: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """Ids of the rows that a submission's codes mean; None where no code was given."""

    category: int | None
    place: int | None
    agency_named: int | None
    #: Whoever files is restricted, and this is no report of danger.
    restricted: bool
    #: The registry as it is in this transaction.
    registry: Registry


def submit(
    *,
    actor: Actor,
    submission: Submission,
    key: str = "",
    address: str = "",
    taking: router.Taking | None = None,
    then: Then | None = None,
) -> Receipt:
    """File a complaint. Raises Invalid with the errors by field, or KeyReused.

    The case, its first event, clocks, contact, routing decision and notices are one transaction.
    `address` is the visitor's network address: counted against a flood, kept nowhere. `taking` is an
    office whose own system files it and says that it is theirs; `then` writes more with the case.
    """
    submission = _checked(submission)
    if submission.respondents:
        # Whom it is about is only asked of what is about an official; such a case is never routed.
        submission = replace(submission, about_official=True)
    # Two people may choose the same key; a receipt is only ever given again to the same one.
    whose = f"{actor.channel}\x00{actor.user_id or ''}"
    body = asdict(submission) if key else None
    names = repeating.key_for("filing", whose=whose, key=key, body=body)
    submission = replace(submission, language=submission.language or actor.language)
    for _try in range(TRIES):
        try:
            return _file(actor, submission, names, address, taking=taking, then=then)
        except IntegrityError:
            # The same filing came before, or (very rarely) another case has this number already.
            if names and (known := repeating.known(names)):
                return Receipt(**known)
        except Invalid:
            # Or its files are with the case that came of it.
            if names and (known := repeating.known(names)):
                return Receipt(**known)
            raise
    raise RuntimeError("no free case number was found")


def preview(submission: Submission) -> Decision | None:
    """Where this would go and why, without filing it. None if the router cannot say."""
    return router.decide(submission)[0]


def _checked(submission: Submission) -> Submission:
    """The submission with its parts cleaned. Raises Invalid with every error at once."""
    values, wrong = asdict_shallow(submission), dict[str, list[Any]]()

    def clean(field: str, cleaner: Callable[[], Any]) -> Any:
        try:
            return cleaner()
        except ValidationError as error:
            wrong[field] = list(error.messages)
            return ""

    contact = submission.contact
    values["text"] = clean("text", lambda: clean_text(submission.text))
    phone = clean("phone", lambda: clean_phone(contact.phone, settings.COUNTRY))
    email = clean("email", lambda: clean_email(contact.email))
    if submission.kind not in Kind.values:
        wrong["kind"] = [Invalid.sentence]
    if wrong:
        raise Invalid(fields=wrong)
    values["contact"] = type(contact)(
        name=contact.name.strip()[:200],
        phone=phone,
        email=email,
        for_name=contact.for_name.strip()[:200],
        consent=contact.consent.strip()[:500],
    )
    # Whoever says whom it is about says that it is about an official.
    values["about_official"] = submission.about_official or bool(submission.respondents)
    return Submission(**values)


def asdict_shallow(submission: Submission) -> dict[str, Any]:
    """The fields of a submission, parts left as they are."""
    return {name: getattr(submission, name) for name in submission.__slots__}


#: Who acts, what the codes mean, whether they are restricted, and the registry's version, in one
#: statement: as `work.TELL`.
OPEN_AND_FIND = """
    SELECT set_config('grs.actor', %(actor)s, true),
        (SELECT id FROM agencies_category
            WHERE country = %(country)s AND code = %(category)s AND retired_at IS NULL),
        (SELECT id FROM agencies_place WHERE country = %(country)s AND code = %(place)s),
        (SELECT id FROM agencies_office
            WHERE country = %(country)s AND code = %(agency_named)s AND closed_at IS NULL),
        EXISTS (SELECT 1 FROM complaints_restriction
            WHERE country = %(country)s AND kind = ANY(%(kinds)s) AND index = ANY(%(known)s)
                AND lifted_at IS NULL AND until > %(now)s),
        version, stamp
    FROM (SELECT 1) AS one LEFT JOIN agencies_registryversion ON country = %(country)s
"""


def _find(actor: Actor, submission: Submission) -> _Found:
    """Tell the database who acts, and find what the codes mean.

    Raises Invalid for a code that the registry does not have.
    """
    codes = {name: getattr(submission, name) for name in ("category", "place", "agency_named")}
    with connection.cursor() as cursor:
        country = settings.COUNTRY
        given = {"actor": actor.label, "country": country, "now": moment.now(), **codes}
        given |= restrictions.known_by(submission, account=_account(actor))
        cursor.execute(OPEN_AND_FIND, given)
        _told, *ids, restricted, version, stamp = cursor.fetchone()
    found = dict(zip(codes, ids, strict=True))
    wrong = {name: [Invalid.sentence] for name, code in codes.items() if code and not found[name]}
    if wrong:
        raise Invalid(fields=wrong)
    registry = snapshot.at_version(country, (version, stamp) if stamp else None)
    return _Found(**found, restricted=restricted, registry=registry)


def _file(
    actor: Actor,
    submission: Submission,
    key: Key | None,
    address: str,
    *,
    taking: router.Taking | None,
    then: Then | None,
) -> Receipt:
    secret, withdrawal_secret = tracking.new_secret(), tracking.new_secret()
    with transaction.atomic():
        found = _find(actor, submission)
        work = _new_work(actor, submission, found, secret, withdrawal_secret)
        decision, tray = router.decide(submission, actor.channel)
        # An official beside a word of misconduct is a report of danger, ticked or not.
        restricted = found.restricted and not router.is_misconduct(decision)
        held = _tray(work, submission, address, restricted=restricted)
        work.case.tray = held if restricted else tray or held
        _record_filing(work, submission)
        if decision is not None:
            router.forward(work, decision, taking)
        receipt = _receipt(work, secret, withdrawal_secret)
        _keep_contact(work, submission)
        _keep_the_rest(work, submission, decision)
        _tell(work, submission, receipt)
        if then is not None:
            work.after.append(then)
        work.flush()
        receipt = replace(receipt, proof=receipts.signed_receipt(work.events[0]))
        if key is not None:
            repeating.keep(key, asdict(receipt))
    return receipt


def _new_work(
    actor: Actor, submission: Submission, found: _Found, secret: str, withdrawal_secret: str
) -> Work:
    number = tracking.new_number()
    as_operator = _is_operator(actor)
    case = Case(
        country=settings.COUNTRY,
        number=number,
        kind=submission.kind,
        status="received",
        language=submission.language,
        channel=actor.channel,
        text=submission.text,
        category_id=found.category,
        place_id=found.place,
        place_note=submission.place_note[:200],
        latitude=submission.latitude,
        longitude=submission.longitude,
        agency_named_id=found.agency_named,
        anonymous=not submission.contact and submission.handle_id is None,
        on_behalf=submission.on_behalf,
        filed_by_id=actor.user_id if as_operator else None,
        owner_id=_account(actor),
        share_contact=submission.share_contact and not submission.about_official,
        sensitive=submission.about_official,
        publish_consent=submission.publish_consent and not submission.about_official,
        secret_hash=sealing.secret_hash(number, secret),
        withdrawal_hash=sealing.secret_hash(number, withdrawal_secret),
    )
    party = Party.OPERATOR if as_operator else Party.CITIZEN
    party = Party.CHANNEL if actor.kind == "channel" else party
    who = Standing(case, actor, parties=frozenset({party}))
    work = Work(case, actor, found.registry, who)
    case.filed_at = work.now
    return work


def _is_operator(actor: Actor) -> bool:
    """Whether they file for somebody who is on the line, or at the counter."""
    return actor.kind == "user" and actor.channel in ("hotline", "counter", "radio")


def _account(actor: Actor) -> int | None:
    """The account that a case will belong to (an id): that of whoever files for themselves."""
    return None if _is_operator(actor) else actor.user_id


def _record_filing(work: Work, submission: Submission) -> None:
    work.make(
        "submit",
        data={"kind": submission.kind, **dict(submission.circumstances)},
        said={"text": submission.text},
        kind=Statement.Kind.COMPLAINT,
        files=submission.files,
    )


def _tray(work: Work, submission: Submission, address: str, *, restricted: bool) -> str:
    """Why a filing waits for the desk instead of being routed: a restriction, or too many from a place.

    That is from one contact in a day, or from one network address in an hour.
    """
    contact, registry = submission.contact, work.registry
    index = (
        sealing.blind_index("handle", str(submission.handle_id or ""))
        or sealing.blind_index("phone", contact.phone)
        or sealing.blind_index("email", contact.email)
    )
    filed_today = limits.filings_from_contact(index)
    if restricted:
        looked_at = registry.policy("restricted_a_day", work.now).amount
        return restrictions.tray_of(filed_today, looked_at)
    from_contact = registry.policy("cases_per_contact_a_day", work.now).amount
    from_address = registry.policy("cases_per_address_an_hour", work.now).amount
    too_many = (
        filed_today > from_contact,
        limits.filings_from_address(address) > from_address,
    )
    return "too_many" if any(too_many) else ""


def _receipt(work: Work, secret: str, withdrawal_secret: str) -> Receipt:
    case = work.case
    forward_due, answer_due = receipts.promise(work)
    return Receipt(
        number=case.number,
        secret=secret,
        withdrawal_secret=withdrawal_secret,
        status=case.status,
        forward_due=forward_due.isoformat(),
        answer_due=answer_due.isoformat(),
        agency=case.holder.code if case.holder else None,
    )


def _tell(work: Work, submission: Submission, receipt: Receipt) -> None:
    """The receipt; it names the agency at once where the router knew it.

    Whoever filed on a page has seen the secrets there. Whoever wrote from elsewhere is sent them, in
    two messages: the one to follow the case, and the one to withdraw it.
    """
    saw_page, tell = work.actor.kind != "channel", work.outbox.tell_citizen
    sealed = {} if saw_page else {"secret": receipt.secret}
    dates = {"forward_due": receipt.forward_due, "answer_due": receipt.answer_due}
    if holder := work.case.holder:
        agency = holder.names
        tell("received_with" if saw_page else "receipt_with", sealed, agency=agency, **dates)
    else:
        tell("received" if saw_page else "receipt", sealed, **dates)
    if not saw_page:
        tell("receipt_withdrawal", {"secret": receipt.withdrawal_secret})


def _keep_contact(work: Work, submission: Submission) -> None:
    details, handle_id = submission.contact, submission.handle_id
    if not details and handle_id is None:
        return
    contact = Contact(
        case=work.case,
        phone_index=sealing.blind_index("phone", details.phone),
        email_index=sealing.blind_index("email", details.email),
        has_phone=bool(details.phone),
        has_email=bool(details.email),
        way=work.actor.channel if handle_id is not None else way_of(details),
        handle_id=handle_id,
        language=work.case.language,
        created_at=work.now,
    )
    contacts.seal_contact(contact, details, work.now)
    work.outbox.contact = contact
    work.after.append(lambda _work: contacts.create(contact))


def way_of(details: ContactDetails) -> str:
    """By which channel somebody with these contact details gets their news."""
    return "email" if details.email else "sms" if details.phone else ""


def _keep_the_rest(work: Work, submission: Submission, decision: Decision | None) -> None:
    case = work.case
    if submission.respondents:
        rows = respondent_rows(case, submission.respondents, work.now)
        work.after.append(lambda _work: Respondent.objects.bulk_create(rows))
    if decision is not None:
        routing_record = router.record(case, submission, decision, work.now)
        work.after.append(lambda _work: written.insert([routing_record]))
