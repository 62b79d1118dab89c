"""What is kept about people, for how long, and what becomes of it then: the one table.

Pure but for gettext. `services.forgetting` does what it says, the privacy page and the page of a citizen's
own data are drawn from it, and a test holds the models to it: no column that can be about somebody is
missing. Numbers of days are policies, which a government may set (`agencies.policies`); the grounds are
for its data protection officer to confirm (docs/data-protection.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Whose(StrEnum):
    """Whom it is about."""

    CITIZEN = "citizen"
    OFFICER = "officer"


class Then(StrEnum):
    """What happens at the end of its time."""

    PERSON = "person"
    WORDS = "words"
    DELETE = "delete"
    EMPTY = "empty"
    STAYS = "stays"


class Ground(StrEnum):
    """Why it may be kept; which article of which law that is, differs by country."""

    TASK = "task"
    CONSENT = "consent"
    ACCOUNTABILITY = "accountability"
    SAFETY = "safety"


THEN: dict[Then, Words] = {
    Then.PERSON: _("It is erased: nobody can find out any more who filed."),
    Then.WORDS: _("The words and files are erased. That there was a case, and its steps, stays."),
    Then.DELETE: _("It is deleted."),
    Then.EMPTY: _("The account is emptied; only the name stays, where the record needs it."),
    Then.STAYS: _("It stays: it says what offices did, and holds nobody’s words."),
}
GROUNDS: dict[Ground, Words] = {
    Ground.TASK: _("needed to handle the complaint"),
    Ground.CONSENT: _("you asked for it"),
    Ground.ACCOUNTABILITY: _("offices have to account for what they did"),
    Ground.SAFETY: _("keeps the portal and its users safe"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data. `where` names tables with their columns ("app.Model: column column").

    Its time is a policy in days, or a fixed number of `hours`, or neither: then `since` says all.
    """

    code: str
    what: Words
    whose: Whose
    where: tuple[str, ...]
    since: Words
    then: Then
    ground: Ground
    policy: str = ""
    hours: int = 0
    #: Of no interest to a visitor; the document has it.
    inside: bool = False

    def columns(self) -> Iterator[tuple[str, str]]:
        """Each column as ("app.Model", "column")."""
        for line in self.where:
            model, _colon, names = line.partition(": ")
            for name in names.split():
                yield model, name


_CLOSED, _CASE = _("from the closing of the case"), _("for good")

KEPT: tuple[Kept, ...] = (
    Kept(
        "contact",
        _("Who you are: name, contact, account, and for whom you filed"),
        Whose.CITIZEN,
        (
            "complaints.Contact: sealed phone_index email_index",
            "complaints.DataKey: wrapped",
            "complaints.Case: owner",
            "channels.Device: index sealed",
        ),
        _CLOSED,
        Then.PERSON,
        Ground.TASK,
        policy="contact_kept",
    ),
    Kept(
        "words",
        _("What you wrote, your files, and all that was said about it"),
        Whose.CITIZEN,
        (
            "complaints.Case: text text_salt place_note latitude longitude public_text",
            "complaints.Statement: body salt",
            "complaints.Attachment: file name sha256 content_type uploaded_by",
            "complaints.RoutingRecord: facts decision",
            "oversight.Audit: sealed_note",
            "systems.Reference: status",
            "systems.Forwarding: status",
        ),
        _CLOSED,
        Then.WORDS,
        Ground.ACCOUNTABILITY,
        policy="words_kept",
    ),
    Kept(
        "sensitive",
        _("The same of a complaint about an official or about corruption"),
        Whose.CITIZEN,
        (),
        _CLOSED,
        Then.WORDS,
        Ground.ACCOUNTABILITY,
        policy="sensitive_words_kept",
    ),
    Kept(
        "messages",
        _("Messages as they came, by SMS, e-mail or messenger"),
        Whose.CITIZEN,
        ("channels.Message: external_id sealed fetched account done_by",),
        _("from the day they came"),
        Then.DELETE,
        Ground.TASK,
        policy="raw_message_kept",
    ),
    Kept(
        "notices",
        _("Which messages were sent to you, and when"),
        Whose.CITIZEN,
        ("complaints.Notice: values sealed provider_id error key user",),
        _("from the day it was written"),
        Then.DELETE,
        Ground.TASK,
        policy="notice_kept",
    ),
    Kept(
        "handles",
        _("The number or account that you write from, and a conversation that was begun"),
        Whose.CITIZEN,
        (
            "complaints.Handle: index other_index sealed",
            "channels.Conversation: sealed step",
        ),
        _("from your last message, if no case of yours goes there"),
        Then.DELETE,
        Ground.TASK,
        policy="handle_kept",
    ),
    Kept(
        "accounts",
        _("An account, if you made one"),
        Whose.CITIZEN,
        (
            "accounts.User: password email name phone",
            "account.EmailAddress: user email",
            "account.EmailConfirmation: key",
            "mfa.Authenticator: user data",
        ),
        _("from when you last signed in, if no case of it is open"),
        Then.DELETE,
        Ground.CONSENT,
        policy="account_unused_kept",
    ),
    Kept(
        "drafts",
        _("A form that is being filled in, a case that is open in the browser"),
        Whose.CITIZEN,
        ("sessions.Session: session_key session_data",),
        _("from when you last used it"),
        Then.DELETE,
        Ground.CONSENT,
        hours=12,
    ),
    Kept(
        "receipts",
        _("The receipt, in case that the same form is sent twice"),
        Whose.CITIZEN,
        ("complaints.FilingKey: key_hash body_hash sealed_receipt",),
        _("from filing"),
        Then.DELETE,
        Ground.TASK,
        hours=24,
    ),
    Kept(
        "loose",
        _("Files that were added to a form which nobody sent"),
        Whose.CITIZEN,
        (),
        _("from the upload"),
        Then.DELETE,
        Ground.CONSENT,
        hours=24,
    ),
    Kept(
        "codes",
        _("That a code was sent to you, to sign in or for a lost secret"),
        Whose.CITIZEN,
        ("complaints.ContactProof: nonce",),
        _("from when it was sent"),
        Then.DELETE,
        Ground.SAFETY,
        hours=2,
    ),
    Kept(
        "prints",
        _("A keyed print of a complaint’s words, by which the same one sent many times is found"),
        Whose.CITIZEN,
        ("fairplay.Print: exact", "fairplay.Band: value"),
        _("from filing, or from the last one like it"),
        Then.DELETE,
        Ground.SAFETY,
        policy="cluster_window",
    ),
    Kept(
        "restrictions",
        _("A restriction of somebody who misused the portal, with its reason"),
        Whose.CITIZEN,
        ("complaints.Restriction: index reason grounds decision imposed_by lifted_by decided_by",),
        _("from its end"),
        Then.DELETE,
        Ground.SAFETY,
        policy="restriction_kept",
    ),
    Kept(
        "looks",
        _("Which office looked at who you are, and when"),
        Whose.OFFICER,
        ("complaints.IdentityLook: user ground",),
        _CASE,
        Then.STAYS,
        Ground.ACCOUNTABILITY,
    ),
    Kept(
        "record",
        _("The record: each step, when, by which office. No name and no word of yours is in it."),
        Whose.OFFICER,
        (
            "complaints.Event: actor_id data fixed commitment prev_hash hash",
            "complaints.Case: secret_hash withdrawal_hash last_hash",
            "record.Entry: leaf_hash",
            "record.Waiting: hash",
        ),
        _CASE,
        Then.STAYS,
        Ground.ACCOUNTABILITY,
    ),
    Kept(
        "elsewhere",
        _("The number that your case has in an office’s own system"),
        Whose.CITIZEN,
        (
            "systems.Reference: external_id fingerprint",
            "systems.Forwarding: token taken",
            "systems.Doubt: external_id",
        ),
        _CASE,
        Then.STAYS,
        Ground.ACCOUNTABILITY,
    ),
    Kept(
        "fed",
        _("That an office’s own system was told of a step, by its number and code"),
        Whose.OFFICER,
        ("systems.Delivery: history error",),
        _("from the step"),
        Then.DELETE,
        Ground.TASK,
        policy="feed_kept",
        inside=True,
    ),
    Kept(
        "officers",
        _("Officers’ accounts"),
        Whose.OFFICER,
        ("agencies.Post: user title",),
        _("from the end of the last post"),
        Then.EMPTY,
        Ground.ACCOUNTABILITY,
        policy="officer_account_kept",
    ),
    Kept(
        "own-views",
        _("Views of figures that an officer keeps by name"),
        Whose.OFFICER,
        ("oversight.SavedView: user name path query",),
        _("from the end of the last post"),
        Then.DELETE,
        Ground.TASK,
        policy="officer_account_kept",
        inside=True,
    ),
    Kept(
        "own-files",
        _("Tables and reports that an officer had made as a file"),
        Whose.OFFICER,
        ("oversight.FileOrder: asked_by asked file name",),
        _("from when it was made"),
        Then.DELETE,
        Ground.TASK,
        hours=168,
        inside=True,
    ),
    Kept(
        "officers-work",
        _(
            "What an officer did: whom a case was given to, who decided, called, was served or linked"
        ),
        Whose.OFFICER,
        (
            "complaints.Case: filed_by assigned",
            "complaints.Appeal: decided_by",
            "complaints.Investigator: user",
            "complaints.ServedSummary: user",
            "complaints.Respondent: user",
            "oversight.Audit: caller",
            "oversight.Issue: title cause you_said we_did created_by",
            "oversight.IssueCase: linked_by",
            "oversight.IssueNote: by text",
            "oversight.AlertRule: made_by ended_by",
            "oversight.Alert: acknowledged_by note",
            "agencies.RegistryChange: user key before after",
            "routing.RuleSet: changed_by",
            "fairplay.Cluster: decided_by reason",
            "fairplay.Flag: decided_by reason",
            "channels.ApiKey: name key_hash made_by",
            "systems.System: name client_id client_secret previous_secret user made_by",
        ),
        _CASE,
        Then.STAYS,
        Ground.ACCOUNTABILITY,
        inside=True,
    ),
    Kept(
        "public-posts",
        _("That a published case was told about at X"),
        Whose.CITIZEN,
        ("channels.PublicPost: provider_id error",),
        _CASE,
        Then.STAYS,
        Ground.CONSENT,
        inside=True,
    ),
    Kept(
        "demonstration",
        _("Messages of a demonstration, which is about nobody"),
        Whose.CITIZEN,
        ("channels.Played: person text external_id raw",),
        _("until the demonstration is laid anew"),
        Then.DELETE,
        Ground.CONSENT,
        inside=True,
    ),
)
BY_CODE = {kind.code: kind for kind in KEPT}
