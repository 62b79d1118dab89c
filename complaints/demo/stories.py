"""Cases of the demonstration: told through the same services as real ones, at pretended times."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.selectors import actor_for, answering_post, office_by_code
from complaints import moment
from complaints.demo.people import email_of
from complaints.models import Appeal, Case
from complaints.redaction import masked
from complaints.services import (
    answering,
    appeals,
    casework,
    hearings,
    intake,
    investigations,
    publishing,
)
from complaints.services.escalation import sweep
from complaints.submission import ContactDetails, Submission

#: What officers say in every story, in the language of the complaint.
SAID = {
    "checked": {
        "en": "Checked by the desk.",
        "bn": "ডেস্ক যাচাই করেছে।",
        "id": "Sudah diperiksa meja verifikasi.",
    },
    "evidence": {
        "en": "Inspection report in the office's file.",
        "bn": "দপ্তরের নথিতে পরিদর্শন প্রতিবেদন আছে।",
        "id": "Laporan pemeriksaan ada di berkas kantor.",
    },
    "not_ours": {
        "en": "The line belongs to another company in this area.",
        "bn": "এই এলাকার লাইনটি অন্য কোম্পানির।",
        "id": "Jaringan di daerah ini milik perusahaan lain.",
    },
}


class Stories:
    """Tells each case step by step; the sweep runs between steps as it would have run."""

    def __init__(self, country: str, data: dict[str, Any]) -> None:
        self.country, self.data = country, data

    def tell(self) -> int:
        """File and work all cases in the order of time; says how many. Needs an empty portal."""
        now = moment.now()
        agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        numbers: dict[int, str] = {}
        for index, story in enumerate(self.data["cases"]):
            at = now - timedelta(days=story["days_ago"], hours=index % 7)
            agenda.append((at, index, partial(self._file, story, index, numbers)))
            for step in story["steps"]:
                at += timedelta(days=step[1], minutes=17)
                agenda.append((at, index, partial(self._do, step, index, numbers)))
        swept = None
        for at, _index, act in sorted(agenda, key=lambda item: (item[0], item[1])):
            if at > now:
                continue
            swept = self._sweep_until(swept, at)
            with moment.as_if(at):
                act()
        self._sweep_until(swept, now)
        return len(numbers)

    def _sweep_until(self, last: datetime | None, until: datetime) -> datetime:
        at = (last or until) + timedelta(hours=12)
        while at < until:
            sweep(at=at)
            at += timedelta(hours=12)
        return until

    def _file(self, story: dict[str, Any], index: int, numbers: dict[int, str]) -> None:
        channel = story.get("channel", "web")
        operator = channel in ("counter", "hotline")
        actor = self._person("operator") if operator else Actor(kind="citizen")
        actor = Actor(kind=actor.kind, user_id=actor.user_id, posts=actor.posts, channel=channel)
        if story["named"] and not operator and index == 0:
            citizen = User.objects.get(email=email_of("citizen"))
            actor = Actor(kind="user", user_id=citizen.pk, channel="web")
        receipt = intake.submit(
            actor=actor,
            submission=Submission(
                text=story["text"],
                kind=story.get("kind", "complaint"),
                category=story["category"],
                place=story["place"],
                language=story["language"],
                about_official=story.get("sensitive", False),
                contact=self._contact(index) if story["named"] else ContactDetails(),
                share_contact=story["named"] and index % 2 == 0,
                publish_consent=story.get("publish", False),
            ),
        )
        numbers[index] = receipt.number

    def _contact(self, index: int) -> ContactDetails:
        return ContactDetails(
            name=self.data["names"]["citizen"], email=f"citizen+{index}@demo.example"
        )

    def _do(self, step: list[Any], index: int, numbers: dict[int, str]) -> None:
        case = Case.objects.select_related("holder", "assigned").get(number=numbers[index])
        getattr(self, f"_do_{step[0]}")(case, *step[2:])

    def _do_forward(self, case: Case, code: str) -> None:
        office = office_by_code(self.country, code)
        if case.status == "received" and office:
            actor = self._person("desk")
            casework.forward(
                actor=actor,
                number=case.number,
                office=office,
                reason=SAID["checked"][case.language],
            )

    def _do_accept(self, case: Case) -> None:
        officer = Post.objects.held_at().filter(office=case.holder, role=Role.CASE_OFFICER).first()
        actor = self._answering(case)
        user = officer.user if officer else User.objects.get(pk=actor.user_id or 0)
        casework.accept(actor=actor, number=case.number, case_officer=user)

    def _do_ask(self, case: Case, text: str) -> None:
        casework.ask(actor=self._working(case), number=case.number, text=text)

    def _do_answer(self, case: Case, outcome: str, text: str, cause: str) -> None:
        answering.answer(
            actor=self._working(case),
            number=case.number,
            outcome=outcome,
            text=text,
            evidence=SAID["evidence"][case.language],
            cause=cause,
        )

    def _do_confirm(self, case: Case, rating: int) -> None:
        citizen = Actor(kind="citizen", case_id=case.pk)
        answering.confirm(actor=citizen, number=case.number, rating=rating)

    def _do_return(self, case: Case) -> None:
        casework.return_case(
            actor=self._answering(case),
            number=case.number,
            reason=SAID["not_ours"][case.language],
            whose=None,
        )

    def _do_publish(self, case: Case) -> None:
        publishing.publish(
            actor=self._person("desk"),
            number=case.number,
            public_text=masked(case.text, case.language),
        )

    def _do_appeal(self, case: Case, grounds: str) -> None:
        citizen = Actor(kind="citizen", case_id=case.pk)
        appeals.appeal(actor=citizen, number=case.number, grounds=grounds)

    def _do_testify(self, case: Case, text: str) -> None:
        citizen = Actor(kind="citizen", case_id=case.pk)
        hearings.give_statement(actor=citizen, number=case.number, text=text)

    def _do_set_hearing(self, case: Case, days: int, place: str, text: str) -> None:
        """A hearing so many days on, at eleven in the country's time."""
        day = timezone.localtime(moment.now()) + timedelta(days=days)
        hearings.set_hearing(
            actor=self._deciding(case),
            number=case.number,
            at=day.replace(hour=11, minute=0, second=0, microsecond=0),
            place=place,
            text=text,
            invited=("citizen", "office"),
        )

    def _do_investigate(self, case: Case, code: str, text: str) -> None:
        """By the focal officer of another office."""
        office = office_by_code(self.country, code)
        post = answering_post(office) if office else None
        if post is not None:
            investigations.investigate(
                actor=self._deciding(case), number=case.number, text=text, lead=post.user
            )

    def _deciding(self, case: Case) -> Actor:
        appeal = Appeal.objects.select_related("office").get(case=case, decided_at=None)
        post = answering_post(appeal.office) if appeal.office else None
        return actor_for(post.user) if post else self._person("overseer")

    def _person(self, name: str) -> Actor:
        return actor_for(User.objects.get(email=email_of(name)))

    def _answering(self, case: Case) -> Actor:
        holder: Office | None = case.holder
        post = answering_post(holder) if holder else None
        return actor_for(post.user) if post else self._person("overseer")

    def _working(self, case: Case) -> Actor:
        return actor_for(case.assigned) if case.assigned else self._answering(case)
