"""The shape of a notice's words, and the sentences that notices share.

A text has a subject and a body for e-mail and, for citizens, one for SMS. `%(number)s` is the case,
`%(link)s` the page to open; agencies, dates and numbers are written in the reader's language before
they are put in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class NoticeText:
    """The words of one notice. Officers get no SMS. `sms` is also what a messenger shows."""

    subject: Words
    body: Words
    sms: Words = ""


#: Below every e-mail to a citizen.
CITIZEN_FOOT = _(
    "Open it here: %(link)s\nYou need the number and the secret from your receipt. Nobody of this"
    " portal will ever ask you for the secret."
)
#: Below every e-mail to an officer.
OFFICER_FOOT = _("Open it here: %(link)s")

#: How to do what a notice asks for, by the clock that it ends: in an e-mail, in a messenger, by SMS.
ACT_BY_LINK: dict[str, Words] = {
    "confirm": _("Say whether it is solved; you need no secret for it: %(act_link)s"),
    "waiting": _("Answer here; you need no secret for it: %(act_link)s"),
    "withdrawal": _("Keep your case here; you need no secret for it: %(act_link)s"),
}
#: The same where an answer to the e-mail is read; and where nothing is asked for.
ACT_BY_MAIL: dict[str, Words] = {
    "confirm": _("Or answer this e-mail: YES %(act_code)s if it is solved, or NO and why not."),
    "waiting": _("Or simply answer this e-mail."),
    "withdrawal": _("Or answer this e-mail: KEEP %(act_code)s"),
    "": _("You can answer this e-mail: what you write goes to your case."),
}
ACT_BY_REPLY: dict[str, Words] = {
    "confirm": _("Is it solved? Answer YES, or NO and what is still wrong."),
    "waiting": _("You can simply answer here."),
    "withdrawal": _("To keep your case, answer KEEP."),
}
ACT_BY_SMS: dict[str, Words] = {
    "confirm": _("Solved? Answer YES %(act_code)s. If not: NO and why."),
    "waiting": _("You can answer this SMS."),
    "withdrawal": _("To keep it, answer KEEP %(act_code)s."),
}
#: The five words of a case, for whoever asks how it stands; an appeal may be with the overseers.
STATE_WORDS: dict[str, Words] = {
    "received": _("received, being checked"),
    "with_agency": _("with %(agency)s"),
    "with_overseers": _("with the overseers"),
    "asked": _("we asked you something"),
    "answered": _("answered"),
    "closed": _("closed"),
}
#: Values of notices that are codes, and their words; rooms above add theirs.
WORDED: dict[str, Mapping[str, Words]] = {}

#: What a clock is for, in a reminder.
CLOCK_NAMES: dict[str, Words] = {
    "forward": _("send it to the responsible office"),
    "accept": _("accept or return it"),
    "resolve": _("answer the citizen"),
    "rule": _("rule whose case it is"),
    "appeal": _("decide the appeal"),
    "investigation": _("end the investigation"),
}
