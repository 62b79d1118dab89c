"""What officers are told: by e-mail only."""

from django.utils.translation import gettext_lazy as _

from complaints.notice_texts.wording import NoticeText

FOR_OFFICERS: dict[str, NoticeText] = {
    "new_case": NoticeText(
        _("New case %(number)s for your office"),
        _("Case %(number)s has come to your office. Accept it, pass it down or return it."),
    ),
    "assigned": NoticeText(
        _("Case %(number)s is yours"),
        _("Case %(number)s has been given to you."),
    ),
    "returned_case": NoticeText(
        _("Case %(number)s came back"),
        _("Case %(number)s came back from the office that had it. It says why."),
    ),
    "owner_disputed": NoticeText(
        _("Case %(number)s: whose is it?"),
        _("Case %(number)s was returned more than once. Rule which office has to take it."),
    ),
    "citizen_replied": NoticeText(
        _("Case %(number)s: the citizen replied"),
        _("The citizen replied to the question in case %(number)s. The time counts on."),
    ),
    "citizen_wrote": NoticeText(
        _("Case %(number)s: the citizen wrote"),
        _("There is a message from the citizen in case %(number)s."),
    ),
    "no_reply": NoticeText(
        _("Case %(number)s: no reply"),
        _("The citizen did not reply in time in case %(number)s. The time counts on."),
    ),
    "confirmed": NoticeText(
        _("Case %(number)s: confirmed"),
        _("The citizen confirmed the answer to case %(number)s. It is closed."),
    ),
    "disputed": NoticeText(
        _("Case %(number)s: not solved"),
        _("The citizen says that case %(number)s is not solved. It is open again."),
    ),
    "reopened": NoticeText(
        _("Case %(number)s: opened again"),
        _("Case %(number)s has been opened again, with a new date. It says why."),
    ),
    "appeal_to_decide": NoticeText(
        _("Case %(number)s: an appeal to decide"),
        _("There is an appeal in case %(number)s for you to decide."),
    ),
    "pressured": NoticeText(
        _("Case %(number)s: pressure to withdraw"),
        _("The citizen of case %(number)s asked to withdraw and says that they were pressured."),
    ),
    "reminder": NoticeText(
        _("Case %(number)s is due tomorrow"),
        _("Case %(number)s: %(clock)s by %(due)s."),
    ),
    "escalated": NoticeText(
        _("Case %(number)s is late"),
        _("Case %(number)s is late and has come up to you (level %(level)s)."),
    ),
    "escalated_many": NoticeText(
        _("%(count)s cases are late"),
        _("%(count)s cases are late and have come up to you (level %(level)s):\n\n%(numbers)s"),
    ),
}
