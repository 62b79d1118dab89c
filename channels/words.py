"""What the portal says in a conversation, beside the notices of a case. Pure but for gettext.

Short, since each SMS costs: no text is longer than a citizen would read on a small screen.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.clocks import Kind
from complaints.notice_texts import NoticeText, Words

SUBJECT: Words = _("Your message to the complaint portal")


def said(text: str | Promise) -> NoticeText:
    """The same words in every channel."""
    return NoticeText(SUBJECT, text, text)


#: Questions of a filing. Each can be skipped, and says how to answer.
QUESTIONS: dict[str, NoticeText] = {
    "chat_official": said(
        _("Is this about an official, or about corruption? Then we seal it. Answer 1 yes, 2 no.")
    ),
    "chat_place": said(_("Where is it? Write the place, with its district. Or write SKIP.")),
    "chat_which_place": said(
        _("Which of these is it? Answer with its digit, or write SKIP.\n%(places)s")
    ),
    "chat_publish": said(
        _("May it be published, without your name and number? Answer 1 yes, 2 no.")
    ),
    "chat_which_case": said(
        _("Which case is this about? Answer with the digit.\n%(numbers)s\n%(new)s")
    ),
    "chat_your_case": said(
        _("Is this about your case %(number)s? Answer 1 yes, 2 for a new complaint.")
    ),
    "chat_mark": said(
        _(
            "Thank you. Case %(number)s is closed as solved. How well was it handled? Answer with a"
            " digit from 1 (badly) to 5 (well), if you like."
        )
    ),
    "chat_mark_again": said(
        _("How well was it handled? Answer with a digit from 1 (badly) to 5 (well), if you like.")
    ),
    "chat_pressed": said(
        _(
            "Does somebody press you to withdraw case %(number)s? Only overseers learn it. Answer 1"
            " yes, 2 no."
        )
    ),
    "chat_why": said(_("What is still wrong? Please write it in one message.")),
}

#: What is said otherwise.
SAID: dict[str, NoticeText] = {
    "chat_write": said(
        _("This is the complaint portal. Write what happened and where, in one or more messages.")
    ),
    "chat_help": said(
        _(
            "Write what happened and where: we find the office. STATUS number secret: how your case"
            " stands. NEW: another complaint. CANCEL: not after all. STOP: no messages. %(link)s"
        )
    ),
    "chat_cancelled": said(_("Done: nothing was filed. Write again whenever you want.")),
    "chat_nothing_to_cancel": said(
        _("There is nothing to cancel. To withdraw a case, write WITHDRAW, or open it: %(link)s")
    ),
    "chat_withdraw_how": said(
        _(
            "To withdraw a case write WITHDRAW, its number and the second secret of the receipt."
            " Nobody may press you to. %(link)s"
        )
    ),
    "chat_other_secret": said(
        _("Case %(number)s: this secret follows it. To withdraw, send the second secret instead.")
    ),
    "chat_withdrawing": said(
        _(
            "Case %(number)s is withdrawn on %(due)s. Until then you can keep it: write KEEP, its"
            " number and secret."
        )
    ),
    "chat_nothing_to_keep": said(
        _("None of your cases is being withdrawn. To be sure write KEEP, the number, the secret.")
    ),
    "chat_keep_digits": said(
        _("Write KEEP and the four digits of our message; or KEEP, the number and the secret.")
    ),
    "chat_kept": said(_("Case %(number)s is not withdrawn. It goes on.")),
    "chat_stopped": said(_("You get no more messages from us. Write START to get them again.")),
    "chat_stopped_midway": said(
        _(
            "You get no more messages from us. What you wrote is kept: START goes on with it, CANCEL drops"
            " it. Else it is filed as it is, and you get only its receipt."
        )
    ),
    "chat_started": said(_("You get messages from us again.")),
    "chat_added": said(_("Added to your case %(number)s. For another complaint write NEW first.")),
    # With these goes how to say whether it is solved.
    "chat_added_answered": said(_("Added to your case %(number)s.")),
    "chat_answered": said(_("Case %(number)s is answered.")),
    "chat_rated": said(_("Thank you for saying so.")),
    "chat_thanks": said(_("Thank you. Case %(number)s is closed as solved.")),
    "chat_disputed": said(
        _("We passed it on: case %(number)s is not solved. You hear from us by %(due)s.")
    ),
    "chat_wrong_digits": said(
        _("A yes needs the four digits of the message that asked you: write YES and those digits.")
    ),
    "chat_nothing_asked": said(
        _("None of your cases waits for a yes or no. Write what you want to say, or HELP.")
    ),
    "chat_not_now": said(
        _("Case %(number)s: that is not possible now. See how it stands: %(link)s")
    ),
    "chat_need_secret": said(
        _("Write STATUS, then the number and the secret from your receipt. Lost it? %(link)s")
    ),
    "chat_no_case": said(_("There is no such case, or the secret does not open it.")),
    "chat_too_many": said(_("Too many tries. Wait an hour, then try again.")),
    "chat_files_left": said(
        _("Not all files could be kept: only photos (JPEG, PNG, WebP) and PDF, at most 10 MB each.")
    ),
    "chat_files_gone": said(
        _("Case %(number)s: files that you sent long before are gone. Send them again.")
    ),
    "chat_no_voice": said(
        _("We cannot listen to this here. Please write in words what happened and where.")
    ),
    "chat_not_read": said(
        _("We could not read this message. Somebody will look at it. Words and photos work best.")
    ),
    "status": said(_("Case %(number)s: %(state)s. Answer due by %(answer_due)s.")),
    "status_closed": said(_("Case %(number)s: %(state)s.")),
}

#: What of it asks the citizen to end a clock, and which: the answer that a case got.
ASKING = {"chat_added_answered": Kind.CONFIRM, "chat_answered": Kind.CONFIRM}
TEXTS: Mapping[str, NoticeText] = {**QUESTIONS, **SAID}
#: The last line of a menu.
WORDED: dict[str, Mapping[str, Words]] = {"new": {"new": _("0: a new complaint")}}
