"""People around a case: kept apart from it, and never in clear."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.roles import Role


class Handle(models.Model):
    """Somebody as a channel knows them: a telephone number, an address, an account of a messenger.

    `sealed` is a Fernet token over JSON {address, other}; `index` the keyed hash by which the handle
    is found again, `other_index` that of a second name for the same account (WhatsApp: the number
    beside the id). Two handles are never joined because they look alike.
    """

    channel = models.CharField(max_length=10)
    index = models.CharField(max_length=64)
    other_index = models.CharField(max_length=64, blank=True)
    sealed = models.BinaryField()
    language = models.CharField(max_length=2)
    #: When they last wrote: some providers let free words through for a day after it.
    last_in_at = models.DateTimeField(null=True)
    #: They asked not to be written to by this channel any more.
    stopped_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "index"], name="handle_once"),
        ]
        indexes = [
            models.Index(
                fields=["channel", "other_index"],
                condition=~Q(other_index=""),
                name="handle_other_idx",
            ),
        ]


class DataKey(models.Model):
    """The key of one contact, itself encrypted ("wrapped") with the contact keys of the environment.

    A person is erased by deleting this row: what it sealed can then be read nowhere, not even in an
    old backup of the contacts, as long as this table is backed up apart and kept shorter.
    """

    wrapped = models.BinaryField()
    created_at = models.DateTimeField()


class Contact(models.Model):
    """Who filed, and how to reach them: encrypted with a key outside the database.

    `sealed` is a Fernet token over JSON {name, phone, email, for_name, consent}, made with the contact's
    own `data_key`. The indexes are keyed hashes, so that a contact can be found again by someone who
    knows it, and by nobody else.
    """

    case = models.OneToOneField("complaints.Case", on_delete=models.PROTECT, related_name="contact")
    sealed = models.BinaryField()
    data_key = models.OneToOneField(
        DataKey, on_delete=models.PROTECT, null=True, related_name="contact"
    )
    phone_index = models.CharField(max_length=64, blank=True)
    email_index = models.CharField(max_length=64, blank=True)
    has_phone = models.BooleanField(default=False)
    has_email = models.BooleanField(default=False)
    #: By which channel news of the case goes out; empty where there is none.
    way = models.CharField(max_length=10, blank=True)
    #: Whoever filed from there, or proved the case from there by its secret: news goes there.
    handle = models.ForeignKey(Handle, on_delete=models.PROTECT, null=True, related_name="contacts")
    #: News goes to the devices of an app or browser too (`channels` knows which).
    has_push = models.BooleanField(default=False)
    language = models.CharField(max_length=2)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["handle", "-created_at"],
                condition=Q(handle__isnull=False),
                name="contact_handle_idx",
            ),
            models.Index(
                fields=["phone_index", "-created_at"],
                condition=~Q(phone_index=""),
                name="contact_phone_idx",
            ),
            models.Index(
                fields=["email_index", "-created_at"],
                condition=~Q(email_index=""),
                name="contact_email_idx",
            ),
        ]


class ContactProof(models.Model):
    """Somebody asked for a code to the contact of a case, to prove that the contact is theirs.

    The code lies nowhere: it is derived from id and nonce with a key outside the database. Where
    number and contact did not belong together, the row is there as well, but of no case: nobody can
    tell the two apart. A task erases rows after their time.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, null=True, related_name="contact_proofs"
    )
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    #: Makes the code unlike that of any other proof.
    nonce = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    #: Codes that were typed, the right one included.
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case=None, contact=None) | Q(case__isnull=False, contact__isnull=False),
                name="proof_of_a_contact_of_a_case",
            ),
        ]


class RespondentQuerySet(models.QuerySet["Respondent"]):
    def standing(self) -> "RespondentQuerySet":
        """Links that nobody took back."""
        return self.filter(ended_at=None)


class Respondent(models.Model):
    """Whom a case is about: a person, or a post (a role in an office). Barred with all below them."""

    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, related_name="respondents"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, null=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    served_at = models.DateTimeField(null=True)
    linked_at = models.DateTimeField()
    #: When an overseer took a wrong link back: from then on it bars nobody.
    ended_at = models.DateTimeField(null=True)

    objects = RespondentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | (Q(office__isnull=False) & ~Q(role="")),
                name="respondent_person_or_post",
            ),
            models.UniqueConstraint(
                fields=["case", "user", "office", "role"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="respondent_once",
            ),
        ]


class IdentityLook(models.Model):
    """Somebody saw who the citizen is: who, when and why. The citizen reads it."""

    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, related_name="identity_looks"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()
    event = models.ForeignKey("complaints.Event", on_delete=models.PROTECT, null=True)
    #: "shared" (the citizen allowed it), "seal_broken", or "audit" (to ask whether it was solved).
    ground = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["case", "at"])]
