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
    # To registrars: they may be barred from the case, and are not told which it is.
    "appeal_for_nobody": NoticeText(
        _("An appeal that nobody may decide"),
        _(
            "An appeal waits for the overseers, and none of them may decide it: they are barred from the"
            " case, or had a part in it; nor may a head above them. Appoint an overseer in another office:"
            " they find it in their list of appeals."
        ),
    ),
    "case_withdrawn": NoticeText(
        _("Case %(number)s: withdrawn"),
        _("The citizen has withdrawn case %(number)s. It is closed; nothing is left to do."),
    ),
    "pressured": NoticeText(
        _("Case %(number)s: pressure to give up"),
        _(
            "The citizen of case %(number)s says that somebody presses them to give up. Overseers"
            " alone know of it."
        ),
    ),
    "restriction_appealed": NoticeText(
        _("Case %(number)s: a restriction is appealed"),
        _(
            "Somebody appeals against the restriction that case %(number)s gave the occasion for."
            " Decide whether it stays."
        ),
    ),
    "left_out": NoticeText(
        _("%(count)s cases of your office are left out of rankings"),
        _(
            "Overseers examined a pattern in the cases of your office and confirmed it. %(count)s"
            " cases are left out of the rankings of offices, case %(number)s among them. Whoever"
            " oversees can tell you what was found."
        ),
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
    "needs_officer": NoticeText(
        _("Case %(number)s needs another case officer"),
        _("Whoever worked on case %(number)s may not do so any more. Say who works on it."),
    ),
    # To a respondent: names neither the case nor what it is about.
    "served": NoticeText(
        _("A summary was served on you"),
        _(
            "Something was brought forward in which you are concerned. What you may know of it was"
            " written down for you.\n\nRead it, and appeal if you do not agree, by: %(appeal_due)s"
        ),
    ),
    "served_decision": NoticeText(
        _("Your appeal was decided"),
        _("The appeal that you made was decided. Read what was decided, and what you can do."),
    ),
    # Of systemic issues: what lies behind many cases.
    "issue_yours": NoticeText(
        _("For your office to put right: %(title)s"),
        _(
            "Many cases have one cause, and your office has to put it right by %(due)s:\n\n"
            "%(title)s\n\nWrite there what you do about it, and what you did."
        ),
    ),
    "issue_new_date": NoticeText(
        _("A new date: %(title)s"),
        _("Your office has to put this right by %(due)s:\n\n%(title)s"),
    ),
    "issue_reminder": NoticeText(
        _("Soon due: %(title)s"),
        _(
            "Your office has to put this right by %(due)s:\n\n%(title)s\n\nWrite there what was done."
        ),
    ),
    "issue_late": NoticeText(
        _("Late: %(title)s"),
        _("%(agency)s had to put this right by %(due)s, and did not:\n\n%(title)s"),
    ),
    "issue_did": NoticeText(
        _("What was done: %(title)s"),
        _(
            "%(agency)s has written what it did:\n\n%(title)s\n\nLook whether that is enough to call"
            " it fixed."
        ),
    ),
    "issue_back": NoticeText(
        _("It is back: %(title)s"),
        _(
            "This was called fixed, but people complain about it again:\n\n%(title)s\n\n%(agency)s"
            " has to put it right by %(due)s."
        ),
    ),
    # Alerts: figures alone, to all overseers.
    "alert_late": NoticeText(
        _("Alert: %(percent)s%% late: %(agency)s"),
        _(
            "%(agency)s: %(late)s of %(open)s open cases are late, %(percent)s%%. The alert was set at"
            " %(threshold)s%%.\n\nAcknowledge it there if you look after it."
        ),
    ),
    "alert_late_country": NoticeText(
        _("Alert: %(percent)s%% late in the whole country"),
        _(
            "%(late)s of all %(open)s open cases of the country are late, %(percent)s%%. The alert was"
            " set at %(threshold)s%%.\n\nAcknowledge it there if you look after it."
        ),
    ),
    "alert_surge": NoticeText(
        _("Alert: more cases than usual: %(subject)s"),
        _(
            "%(subject)s: %(found)s cases in seven days. About %(usual)s were to be"
            " expected.\n\nAcknowledge it there if you look after it."
        ),
    ),
    "alert_surge_agency": NoticeText(
        _("Alert: more cases than usual: %(subject)s (%(agency)s)"),
        _(
            "%(subject)s: %(found)s cases of %(agency)s in seven days. About %(usual)s were to be"
            " expected.\n\nAcknowledge it there if you look after it."
        ),
    ),
    "alert_silent": NoticeText(
        _("Alert: nothing comes in by %(way_in)s"),
        _(
            "For %(hours)s hours no case came in by %(way_in)s. In the same hours of the weeks before"
            " there were about %(usual)s.\n\nSee whether people can still reach you that way, and"
            " acknowledge it there if you look after it."
        ),
    ),
    # Of an agency's own system, to its office.
    "webhook_off": NoticeText(
        _("%(system)s is told no more"),
        _(
            "The address at which %(system)s is told what happens to cases did not answer for days, or"
            " said that it is gone. It is called no more.\n\nNothing is lost: the feed has everything."
            " Have the system put right, then set the address there again and send what was missed."
        ),
    ),
    "system_ended": NoticeText(
        _("%(system)s works on no case any more"),
        _(
            "%(system)s is no longer connected with the portal. The cases that it worked on are with your"
            " office, and their deadlines run on.\n\nSay who works on each of them."
        ),
    ),
    "city_news": NoticeText(
        _("Case %(number)s: news from %(city)s"),
        _(
            "Something is to be decided or done in case %(number)s, which was handed to %(city)s. A note in"
            " the case says what."
        ),
    ),
    "webhook_given_up": NoticeText(
        _("Something did not reach %(system)s"),
        _(
            "What happened to a case could not be delivered to %(system)s, in ten tries over three"
            " days.\n\nSee there why. Once that is put right, send it again."
        ),
    ),
}
