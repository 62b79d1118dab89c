"""The end of a filing: check the answers, send, and the receipt, shown for some minutes only."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Actor
from agencies.models import Category, Office, Place
from complaints import drafts, submission
from complaints.errors import Invalid
from complaints.filing_forms import Question, WhatForm, WhomForm, YouForm
from complaints.models import Case, Contact
from complaints.models.case import Kind
from complaints.proofs import client_address
from complaints.selectors import CaseFile, similar_cases
from complaints.selectors.finding import described_places, name_of, why
from complaints.services import intake
from complaints.services.intake import Receipt
from complaints.submission import Submission
from complaints.views.filing import WithDraft, address_of
from routing.facts import Decision

#: The page on which a part of a submission is asked for.
ASKED_ON = {"files": "files", "kind": "what", "text": "what", "category": "what", "place": "place"}
#: A preview reads this much: enough to tell, quick while somebody types.
READ_WHILE_TYPING = 5000


def language() -> str:
    """The reader's language, two letters."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


class Check(WithDraft):
    """Check your answers, and send."""

    step = "check"

    def get(self, request: HttpRequest) -> HttpResponse:
        """All answers with a way to change each; where it would go, and why."""
        if missing := self.draft.missing():
            return redirect(address_of(self.draft, missing))
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send. Sent twice, it is filed once and the receipt is the same."""
        if missing := self.draft.missing():
            messages.warning(
                request, _("What you had written is no longer here. Please start anew.")
            )
            return redirect(address_of(self.draft, missing) if not self.was_lost else "file")
        try:
            receipt = self._send()
        except Invalid as refusal:
            return self._show(refusal)
        drafts.keep_receipt(request, self.draft.token, receipt)
        return redirect("file-receipt", token=self.draft.token)

    def _send(self) -> Receipt:
        actor: Actor = self.request.actor  # type: ignore[attr-defined]
        if self.draft.nameless:
            # Signed in or not: they were told that nobody will know whose it is.
            actor = Actor(kind="citizen", channel=actor.channel, language=actor.language)
        return intake.submit(
            actor=actor,
            submission=self.draft.submission(language()),
            key=self.draft.token,
            address=client_address(self.request),
        )

    def _show(self, refusal: Invalid | None = None) -> HttpResponse:
        filing = self.draft.submission(language())
        decision = intake.preview(filing)
        context = {
            **self.frame(),
            "rows": self._rows(filing),
            "why": why(decision),
            "similar": _similar(filing, decision),
            "mistakes": self._mistakes(refusal) if refusal else [],
        }
        status = refusal.status if refusal else 200
        return render(self.request, "complaints/file_check.html", context, status=status)

    def _mistakes(self, refusal: Invalid) -> list[dict[str, str]]:
        """What the service refused, each with the page on which it can be put right."""
        return [
            {
                "text": str(sentence),
                "href": address_of(self.draft, ASKED_ON.get(field, "you"), to_check=True),
            }
            for field, sentences in refusal.fields.items()
            for sentence in sentences
        ]

    def _rows(self, filing: Submission) -> list[dict[str, Any]]:
        draft = self.draft
        place = Place.objects.filter(country=settings.COUNTRY, code=filing.place).first()
        where = described_places([place])[0].line if place else _("I don’t know")
        rows = [
            ("about", _("About an official or corruption"), _yes(draft.sensitive), False),
            ("whom", _("About whom"), _whom(draft.answer("whom")), True),
            ("what", _("What you want"), _chosen(WhatForm, "kind", filing.kind), False),
            ("what", WhatForm.base_fields["text"].label, filing.text, True),
            ("what", _("Subject"), name_of(Category, filing.category), False),
            ("place", _("Place"), where, False),
            ("place", _("What else helps to find it"), filing.place_note, False),
            *[("you", label, value, False) for label, value in _you(draft.answer("you"), filing)],
            ("files", _("Files"), "\n".join(f["name"] for f in draft.files) or _("None"), True),
        ]
        return [
            {
                "label": label,
                "value": value,
                "words": as_written,
                "url": address_of(draft, step, to_check=True),
            }
            for step, label, value, as_written in rows
            if step in draft.steps() and value
        ]


def _chosen(form: type[Question], field: str, code: str) -> Any:
    """A choice as the form words it."""
    choices: Any = form.base_fields[field]
    return dict(choices.choices)[code]


def _yes(answer: bool) -> str:
    return _("Yes") if answer else _("No")


def _whom(answer: dict[str, Any]) -> str:
    if not answer.get("office"):
        return _("I’d rather not say")
    return f"{name_of(Office, answer['office'])}\n{_chosen(WhomForm, 'role', answer['role'])}"


def _you(answer: dict[str, Any], filing: Submission) -> list[tuple[Any, Any]]:
    """Who files, for whom, and what may be shown to whom."""
    labels = {name: field.label for name, field in YouForm.base_fields.items()}
    named, contact = answer.get("who") == "named", filing.contact
    rows: list[tuple[Any, Any]] = [
        (_("Who you are"), "" if named else _chosen(YouForm, "who", "nobody")),
        *[(labels[part], getattr(contact, part)) for part in ("name", "phone", "email")],
    ]
    if filing.on_behalf:
        rows.append((labels["for_whom"], contact.for_name))
        rows.append((labels["consent"], _chosen(YouForm, "consent", contact.consent)))
    if named and not filing.about_official:
        rows.append((labels["share"], _yes(filing.share_contact)))
    if not filing.about_official:
        rows.append((labels["publish"], _yes(filing.publish_consent)))
    return rows


def _similar(filing: Submission, decision: Decision | None) -> list[Case]:
    """Published cases from the same place that sound alike; the place may stand in the text."""
    code = filing.place or (decision.place if decision else "")
    if filing.about_official or not code:
        return []
    place = Place.objects.filter(country=settings.COUNTRY, code=code).first()
    return similar_cases(filing.text, place, seen_by=None, limit=3)


@require_POST
@never_cache
def look(request: HttpRequest, token: str) -> HttpResponse:
    """While somebody types: where it would go and why, and what others published. Keeps nothing."""
    draft = drafts.find(request, token)
    text = request.POST.get("text", "")[:READ_WHILE_TYPING].replace("\0", "")
    if draft is None or sum(c.isalpha() for c in text) < submission.MIN_LETTERS:
        return HttpResponse()
    kind, category = request.POST.get("kind", ""), request.POST.get("category", "")
    filing = Submission(
        text=text,
        kind=kind if kind in Kind.values else Kind.COMPLAINT,
        category=category.replace("\0", "")[:60],
        place=draft.answer("place").get("place", ""),
        language=language(),
        about_official=draft.sensitive,
    )
    decision = intake.preview(filing)
    context = {"why": why(decision), "similar": _similar(filing, decision)}
    return render(request, "complaints/_look.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt, for some minutes after filing; POST takes it off this device at once."""
    if request.method == "POST":
        drafts.forget_receipt(request, token)
        messages.success(request, _("The receipt is no longer on this device."))
        return redirect("start")
    given = drafts.receipt_of(request, token)
    if given is None:
        return render(request, "complaints/receipt_gone.html", status=410)
    context = receipt_context(request, given)
    context["leave_quickly"] = context["sensitive"]
    context |= {"token": token, "signed": bool(given.proof)}
    return render(request, "complaints/receipt.html", context)


def receipt_context(request: HttpRequest, given: Receipt) -> dict[str, Any]:
    """A receipt as `_receipt.html` wants it, with the reasons for the agency."""
    case = Case.objects.select_related("holder").get(number=given.number)
    decision = CaseFile(case, request.actor).decision  # type: ignore[attr-defined]
    reachable = Q(has_phone=True) | Q(has_email=True)
    shown = {
        "number": given.number,
        "secret": given.secret,
        "withdrawal_secret": given.withdrawal_secret,
        "forward_due": None if given.agency else datetime.fromisoformat(given.forward_due),
        "forwarded_at": case.forwarded_at,
        "answer_due": datetime.fromisoformat(given.answer_due),
        "zone": settings.TIME_ZONE,
        "agency": name_of(Office, given.agency or ""),
        "track_url": f"{settings.PUBLIC_URL}/complaints/track/?number={given.number}",
        "leaf_hash": given.proof.get("leaf_hash", ""),
        "contact_given": Contact.objects.filter(reachable, case=case).exists(),
    }
    return {"receipt": shown, "why": why(decision), "sensitive": case.sensitive}
