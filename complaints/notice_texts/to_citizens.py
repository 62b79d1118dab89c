"""What citizens are told: by e-mail (subject and body), and by SMS or messenger (`sms`)."""

from django.utils.translation import gettext_lazy as _

from complaints.notice_texts.wording import NoticeText

FOR_CITIZENS: dict[str, NoticeText] = {
    "received": NoticeText(
        _("Case %(number)s: received"),
        _(
            "We have received your case %(number)s.\n\nSent to the responsible office by:"
            " %(forward_due)s\nAnswered at the latest by: %(answer_due)s"
        ),
        _("Case %(number)s received. Answer by %(answer_due)s at the latest. %(link)s"),
    ),
    "received_with": NoticeText(
        _("Case %(number)s: received"),
        _(
            "We have received your case %(number)s and sent it to: %(agency)s\n\nAnswer due by:"
            " %(answer_due)s"
        ),
        _("Case %(number)s is with %(agency)s. Answer by %(answer_due)s. %(link)s"),
    ),
    # To whoever wrote from a telephone, a messenger or by e-mail: nobody saw a page with the secrets.
    "receipt": NoticeText(
        _("Case %(number)s: received"),
        _(
            "We have received your complaint as case %(number)s.\n\nSent to the responsible office"
            " by: %(forward_due)s\nAnswered at the latest by: %(answer_due)s\n\nYour secret to follow"
            " it: %(secret)s\nKeep it; it is sent only once."
        ),
        _(
            "Case %(number)s received. Answer by %(answer_due)s at the latest. Secret to follow it:"
            " %(secret)s. Keep it."
        ),
    ),
    "receipt_with": NoticeText(
        _("Case %(number)s: received"),
        _(
            "We have received your complaint as case %(number)s and sent it to: %(agency)s\n\nAnswer"
            " due by: %(answer_due)s\n\nYour secret to follow it: %(secret)s\nKeep it; it is sent only"
            " once."
        ),
        _(
            "Case %(number)s is with %(agency)s. Answer by %(answer_due)s. Secret to follow it:"
            " %(secret)s. Keep it."
        ),
    ),
    "receipt_withdrawal": NoticeText(
        _("Case %(number)s: the secret to withdraw it"),
        _(
            "Only if you ever want to withdraw case %(number)s, you need this second secret:"
            " %(secret)s\n\nKeep it apart from the other one, and give it to nobody."
        ),
        _("Only to withdraw case %(number)s: %(secret)s. Keep it apart, give it to nobody."),
    ),
    "forwarded": NoticeText(
        _("Case %(number)s: who has it now"),
        _("Your case %(number)s is now with: %(agency)s\n\nAnswer due by: %(answer_due)s"),
        _("Case %(number)s is now with %(agency)s. Answer by %(answer_due)s. %(link)s"),
    ),
    "accepted": NoticeText(
        _("Case %(number)s: being worked on"),
        _("%(agency)s has accepted your case %(number)s and is working on it."),
        _("%(agency)s is working on your case %(number)s. %(link)s"),
    ),
    "still_with_desk": NoticeText(
        _("Case %(number)s: not yet sent on"),
        _(
            "Your case %(number)s is still being checked and has not yet been sent to an office."
            " It is late, and those in charge have been told."
        ),
        _("Case %(number)s is late: it is still being checked. Those in charge know. %(link)s"),
    ),
    "late": NoticeText(
        _("Case %(number)s: the answer is late"),
        _(
            "Your case %(number)s should have been answered by: %(due)s\n\nIt was not. The head of the"
            " office has been told; if nothing happens, it goes up further, to the top of the"
            " government. You need not do anything."
        ),
        _("Case %(number)s is late, due %(due)s. The head of the office was told. %(link)s"),
    ),
    "returned": NoticeText(
        _("Case %(number)s: another office is being found"),
        _(
            "The office that had your case %(number)s says that another one is responsible. We are"
            " finding out which. The date of your answer stays the same."
        ),
        _("Case %(number)s: another office is being found. Your date stays the same. %(link)s"),
    ),
    "asked": NoticeText(
        _("Case %(number)s: we have a question"),
        _(
            "There is a question about your case %(number)s. Please answer it by: %(due)s\n\nWithout"
            " an answer we go on with what we know."
        ),
        _("Case %(number)s: please answer our question by %(due)s. %(link)s"),
    ),
    "reminder_waiting": NoticeText(
        _("Case %(number)s: please answer our question"),
        _(
            "We are still waiting for your answer to the question about your case %(number)s. You"
            " can answer until: %(due)s"
        ),
        _("Case %(number)s: you can answer our question until %(due)s. %(link)s"),
    ),
    "no_reply_for_you": NoticeText(
        _("Case %(number)s: it goes on without your answer"),
        _(
            "The time to answer the question about your case %(number)s is over. Work goes on with"
            " what is known. You can still write to the case."
        ),
        _("Case %(number)s goes on without your answer. You can still write. %(link)s"),
    ),
    "message": NoticeText(
        _("Case %(number)s: a message for you"),
        _("There is a message for you in your case %(number)s."),
        _("Case %(number)s: there is a message for you. %(link)s"),
    ),
    "answered": NoticeText(
        _("Case %(number)s: answered"),
        _(
            "Your case %(number)s has been answered. Please say whether you are satisfied, by:"
            " %(due)s\n\nIf you are not, you can disagree. If you say nothing, the case is closed."
        ),
        _("Case %(number)s is answered. Say if you are satisfied by %(due)s. %(link)s"),
    ),
    "reminder_confirm": NoticeText(
        _("Case %(number)s: are you satisfied with the answer?"),
        _(
            "Please say whether you are satisfied with the answer to your case %(number)s. You can"
            " do so until: %(due)s\n\nIf you say nothing, the case is closed."
        ),
        _("Case %(number)s: say until %(due)s if you are satisfied. %(link)s"),
    ),
    "lapsed": NoticeText(
        _("Case %(number)s: closed"),
        _(
            "We have not heard from you about the answer to your case %(number)s, so it has been"
            " closed. You can still appeal for some time."
        ),
        _("Case %(number)s is closed, as we heard nothing. You can still appeal. %(link)s"),
    ),
    "declined": NoticeText(
        _("Case %(number)s: not for this portal"),
        _(
            "Your case %(number)s has been closed because this portal cannot deal with it. The case"
            " says why, and where to go instead. You can appeal."
        ),
        _("Case %(number)s is not for this portal. See why and where to go: %(link)s"),
    ),
    "merged": NoticeText(
        _("Case %(number)s: joined with another one"),
        _(
            "Somebody else has complained about the same thing. Your case %(number)s has been joined"
            " with theirs, and you will be told of each step. If yours is another matter, say so in"
            " the case."
        ),
        _("Case %(number)s was joined with one about the same thing. We keep you told. %(link)s"),
    ),
    "separated": NoticeText(
        _("Case %(number)s: on its own again"),
        _("Your case %(number)s is on its own again and will be checked anew."),
        _("Case %(number)s is on its own again and will be checked anew. %(link)s"),
    ),
    "appealed": NoticeText(
        _("Case %(number)s: appeal received"),
        _("There is an appeal in your case %(number)s. A higher office will decide it."),
        _("Case %(number)s: there is an appeal. A higher office decides it. %(link)s"),
    ),
    "appeal_upheld": NoticeText(
        _("Case %(number)s: the appeal was upheld"),
        _("The appeal in your case %(number)s was upheld. The case is being worked on again."),
        _("Case %(number)s: the appeal was upheld, work goes on. %(link)s"),
    ),
    "appeal_dismissed": NoticeText(
        _("Case %(number)s: the appeal was dismissed"),
        _(
            "The appeal in your case %(number)s was dismissed. The case says why, and what you can do."
        ),
        _("Case %(number)s: the appeal was dismissed. See why: %(link)s"),
    ),
    "reopened_for_you": NoticeText(
        _("Case %(number)s: opened again"),
        _("Your case %(number)s was looked at again and has been opened anew."),
        _("Case %(number)s has been opened again. %(link)s"),
    ),
    "withdrawal_pending": NoticeText(
        _("Case %(number)s: you asked to withdraw it"),
        _(
            "Somebody who holds your withdrawal secret asked to withdraw your case %(number)s. It"
            " ends on: %(due)s\n\nIf it was not you, or you were pressured, you can keep your case"
            " until then."
        ),
        _("Case %(number)s will be withdrawn on %(due)s. Not you? Keep it: %(link)s"),
    ),
    "withdrawal_called_back": NoticeText(
        _("Case %(number)s: it goes on"),
        _("Your case %(number)s is not withdrawn. It goes on."),
        _("Case %(number)s is not withdrawn. It goes on. %(link)s"),
    ),
    "withdrawn": NoticeText(
        _("Case %(number)s: withdrawn"),
        _("Your case %(number)s has been withdrawn and is closed."),
        _("Case %(number)s has been withdrawn and is closed."),
    ),
    "name_taken_back": NoticeText(
        _("Case %(number)s: a name was taken back"),
        _(
            "Somebody was named in your case %(number)s by mistake. That was taken back; the case says"
            " why. If you do not agree, write to us in the case."
        ),
        _("Case %(number)s: somebody named by mistake was taken off it. See why: %(link)s"),
    ),
    "published": NoticeText(
        _("Case %(number)s: published"),
        _(
            "As you agreed, your case %(number)s is now shown in public, without names, numbers and"
            " addresses."
        ),
        _("Case %(number)s is now public, as you agreed, without your name. %(link)s"),
    ),
    "seal_broken": NoticeText(
        _("Case %(number)s: somebody saw who you are"),
        _("An officer looked up who filed case %(number)s. The case says who, when and why."),
        _("Case %(number)s: an officer saw who you are. See who and why: %(link)s"),
    ),
    "secrets_renewed": NoticeText(
        _("Case %(number)s: new secrets"),
        _(
            "Somebody who reads the messages to this contact got new secrets for case %(number)s."
            " The old ones no longer open it.\n\nIf it was not you, get new secrets yourself: choose"
            " “I have lost the secret” on the page below. Then tell us in the case."
        ),
        _("Case %(number)s has new secrets, the old ones are dead. Not you? %(link)s"),
    ),
    # Goes where news went before, for the last time.
    "news_elsewhere": NoticeText(
        _("Case %(number)s: its news go elsewhere now"),
        _(
            "Somebody who knows the secret of case %(number)s gets its news from now on, in another"
            " way; none will come here.\n\nIf it was not you, get new secrets: choose “I have lost the"
            " secret” on the page below. Then tell us in the case."
        ),
        _("Case %(number)s: its news go to another account now. Not you? %(link)s"),
    ),
    # Says nothing of the case: whoever else reads it learns only that there is a code.
    "code": NoticeText(
        _("Your code"),
        _(
            "Your code: %(code)s\n\nIt is valid for 15 minutes. Give it to nobody; nobody of this"
            " portal will ever ask you for it. If you did not ask for a code, do nothing."
        ),
        _("Your code: %(code)s. Valid for 15 minutes. Give it to nobody."),
    ),
    # Of what lies behind many cases; said of none in particular.
    "issue_published": NoticeText(
        _("Case %(number)s: what is being done for all"),
        _(
            "Your case %(number)s is one of several about the same problem. What the government does"
            " about it for everybody can now be read in public; your case shows where."
        ),
        _("Case %(number)s is one of several about one problem. See what is done: %(link)s"),
    ),
    "issue_fixed": NoticeText(
        _("Case %(number)s: what was done for all"),
        _(
            "The problem behind your case %(number)s and others is said to be fixed. Your case shows"
            " what was done. If it happens again, complain again: new cases are counted."
        ),
        _("The problem behind case %(number)s and others is said to be fixed. See: %(link)s"),
    ),
    "restricted": NoticeText(
        _("Case %(number)s: what you file is checked first, for a time"),
        _(
            "Until %(due)s, new complaints that you file wait for the central desk before they go to"
            " an office. Case %(number)s says why, and there you can appeal. Reports of danger never"
            " wait, and your other cases go on as before."
        ),
        _("Until %(due)s new complaints of yours are checked first. Why, and appeal: %(link)s"),
    ),
    "restriction_lifted": NoticeText(
        _("Case %(number)s: the restriction has ended"),
        _("The restriction that was made known to you in case %(number)s has been ended."),
        _("The restriction made known in case %(number)s has ended. %(link)s"),
    ),
    "restriction_kept": NoticeText(
        _("Case %(number)s: the restriction stays"),
        _(
            "Somebody else has looked at your appeal in case %(number)s. The restriction stays until"
            " %(due)s; the case says why."
        ),
        _("Case %(number)s: the restriction stays until %(due)s. See why: %(link)s"),
    ),
    "news": NoticeText(
        _("There is news on your case"),
        _("There is news on your case %(number)s."),
        _("There is news on your case %(number)s. %(link)s"),
    ),
}
