"""What people are told of what happens within an appeal: citizens, officers, and those who were served."""

from django.utils.translation import gettext_lazy as _

from complaints.notice_texts.wording import NoticeText

APPEALS_FOR_CITIZENS: dict[str, NoticeText] = {
    "hearing_set": NoticeText(
        _("Case %(number)s: you are asked to a hearing"),
        _(
            "There is a hearing in the appeal of your case %(number)s: %(hearing_due)s\n\nWhere it is,"
            " and what to bring, is written in the case. You can also write there what you want to"
            " say."
        ),
        _("Case %(number)s: hearing on %(hearing_due)s. Where and what to bring: %(link)s"),
    ),
    "hearing_moved": NoticeText(
        _("Case %(number)s: the hearing was moved"),
        _("The hearing in your case %(number)s was moved. It is now: %(hearing_due)s"),
        _("Case %(number)s: the hearing is now on %(hearing_due)s. %(link)s"),
    ),
    "hearing_off": NoticeText(
        _("Case %(number)s: there is no hearing"),
        _("The hearing in your case %(number)s was called off. You need not come."),
        _("Case %(number)s: the hearing is off. You need not come. %(link)s"),
    ),
    "hearing_tomorrow": NoticeText(
        _("Case %(number)s: the hearing is soon"),
        _("A reminder of the hearing in your case %(number)s: %(hearing_due)s"),
        _("Case %(number)s: your hearing is on %(hearing_due)s. %(link)s"),
    ),
    "hearing_held": NoticeText(
        _("Case %(number)s: the hearing was held"),
        _(
            "The hearing in your case %(number)s was held. You can read its minutes in the case once"
            " the appeal is decided."
        ),
        _("Case %(number)s: the hearing was held. The decision comes next. %(link)s"),
    ),
    "investigation_begun": NoticeText(
        _("Case %(number)s: it is being investigated"),
        _(
            "For the appeal in your case %(number)s a team of officers looks into what happened. It"
            " has to report by: %(due)s"
        ),
        _("Case %(number)s is being investigated, until %(due)s. %(link)s"),
    ),
    "investigation_over": NoticeText(
        _("Case %(number)s: the investigation is over"),
        _("The investigation in your case %(number)s is over. The appeal is decided next."),
        _("Case %(number)s: the investigation is over. The decision comes next. %(link)s"),
    ),
    "recommended": NoticeText(
        _("Case %(number)s: action was recommended"),
        _(
            "In the appeal of your case %(number)s, departmental action was recommended to an office."
            " By that alone nothing counts as solved: your case goes on."
        ),
        _("Case %(number)s: action was recommended to an office. Your case goes on. %(link)s"),
    ),
    "recommendation_followed": NoticeText(
        _("Case %(number)s: the office has answered what was recommended"),
        _(
            "The office that was recommended to act in your case %(number)s has said what it did. The"
            " case says whether it acted."
        ),
        _("Case %(number)s: the office answered what was recommended. See: %(link)s"),
    ),
}

APPEALS_FOR_OFFICERS: dict[str, NoticeText] = {
    "hearing_set_for_office": NoticeText(
        _("Case %(number)s: your office is asked to a hearing"),
        _(
            "There is a hearing in the appeal of case %(number)s: %(hearing_due)s\n\nThe case says"
            " where. Whoever has to do with the matter can give a statement there."
        ),
    ),
    "hearing_moved_for_office": NoticeText(
        _("Case %(number)s: the hearing was moved"),
        _("The hearing of case %(number)s was moved. It is now: %(hearing_due)s"),
    ),
    "hearing_off_for_office": NoticeText(
        _("Case %(number)s: there is no hearing"),
        _("The hearing of case %(number)s was called off. Nobody need come."),
    ),
    "hearing_tomorrow_for_office": NoticeText(
        _("Case %(number)s: the hearing is soon"),
        _("A reminder of the hearing of case %(number)s: %(hearing_due)s"),
    ),
    "hearing_held_for_office": NoticeText(
        _("Case %(number)s: the hearing was held"),
        _(
            "The hearing of case %(number)s was held. Its minutes can be read once the appeal is"
            " decided."
        ),
    ),
    "hearing_to_hold": NoticeText(
        _("Case %(number)s: your hearing is soon"),
        _(
            "You hold the hearing of case %(number)s: %(hearing_due)s\n\nAfterwards write who came, and"
            " the minutes."
        ),
    ),
    "statement_given": NoticeText(
        _("Case %(number)s: a statement"),
        _("Somebody has given a statement in the appeal of case %(number)s."),
    ),
    "investigator_named": NoticeText(
        _("Case %(number)s: you are on its investigation"),
        _(
            "You are on the team that investigates case %(number)s. The case says what is to be found"
            " out. The report is due by: %(due)s"
        ),
    ),
    "investigation_reported": NoticeText(
        _("Case %(number)s: the investigation has reported"),
        _("The report on case %(number)s is there. The appeal can be decided."),
    ),
    "investigation_called_off": NoticeText(
        _("Case %(number)s: its investigation is over"),
        _("The investigation of case %(number)s was ended. There is nothing more to do for you."),
    ),
    "guidance": NoticeText(
        _("Case %(number)s: guidance for your office"),
        _("Whoever decides the appeal of case %(number)s has written guidance for your office."),
    ),
    "recommended_to_act": NoticeText(
        _("Case %(number)s: your office is recommended to act"),
        _(
            "In the appeal of case %(number)s, departmental action is recommended to your office. Say"
            " in the case whether your office acts, and how."
        ),
    ),
    "recommendation_answered": NoticeText(
        _("Case %(number)s: an answer to your recommendation"),
        _("The office that was recommended to act in case %(number)s has said what it did."),
    ),
}

#: For somebody whom a case is about: a letter that names no case, see `Outbox.tell_served`.
APPEALS_FOR_RESPONDENTS: dict[str, NoticeText] = {
    "hearing_set_for_respondent": NoticeText(
        _("You are asked to a hearing"),
        _("There is a hearing on a matter that was served on you: %(hearing_due)s"),
    ),
    "hearing_moved_for_respondent": NoticeText(
        _("The hearing was moved"),
        _("The hearing on a matter that was served on you was moved. It is now: %(hearing_due)s"),
    ),
    "hearing_off_for_respondent": NoticeText(
        _("There is no hearing"),
        _("The hearing on a matter that was served on you was called off. You need not come."),
    ),
    "hearing_tomorrow_for_respondent": NoticeText(
        _("The hearing is soon"),
        _("A reminder of the hearing on a matter that was served on you: %(hearing_due)s"),
    ),
    "hearing_held_for_respondent": NoticeText(
        _("The hearing was held"),
        _("The hearing on a matter that was served on you was held. The decision comes next."),
    ),
}
