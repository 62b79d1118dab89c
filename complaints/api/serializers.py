"""What goes in and out of the API. What may be is checked by `submission` and `forms`, not here."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.roles import Role
from agencies.models import Category, Office, Place
from complaints.api.appeals import WithAppeals
from complaints.api.assigned import WithAssigned
from complaints.api.elsewhere import WithElsewhere
from complaints.api.timeline import ClockOut, EntryOut, offices_of
from complaints.models import Case
from complaints.models.case import Kind
from complaints.selectors import CaseFile
from complaints.selectors.access import newest_step
from complaints.submission import MAX_CHARACTERS, ContactDetails, Submission

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class FilingIn(serializers.Serializer[Any]):
    """A complaint as an app sends it. Codes are those of `agencies/`, `categories/`, `places/`."""

    text = serializers.CharField(
        max_length=10 * MAX_CHARACTERS, help_text="What happened: at least 10 letters."
    )
    kind = serializers.ChoiceField(Kind.choices, default=Kind.COMPLAINT)
    language = serializers.ChoiceField(LANGUAGES, required=False)
    category = serializers.CharField(required=False, allow_blank=True, max_length=60)
    place = serializers.CharField(required=False, allow_blank=True, max_length=32)
    place_note = serializers.CharField(required=False, allow_blank=True, max_length=200)
    latitude = serializers.FloatField(required=False, allow_null=True, min_value=-90, max_value=90)
    longitude = serializers.FloatField(
        required=False, allow_null=True, min_value=-180, max_value=180
    )
    agency = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="The agency named, by its code."
    )
    about_official = serializers.BooleanField(
        default=False, help_text="About an official, or about corruption: the case is sealed."
    )
    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    email = serializers.CharField(required=False, allow_blank=True, max_length=254)
    share_contact = serializers.BooleanField(default=False)
    publish_consent = serializers.BooleanField(default=False)
    on_behalf_of = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Whom it is filed for."
    )
    consent = serializers.CharField(required=False, allow_blank=True, max_length=500)
    files = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=10, help_text="From `files/`."
    )

    def submission(self) -> Submission:
        """The same as a value for the services."""
        data = self.validated_data
        contact = ContactDetails(
            name=data.get("name", ""),
            phone=data.get("phone", ""),
            email=data.get("email", ""),
            for_name=data.get("on_behalf_of", ""),
            consent=data.get("consent", ""),
        )
        return Submission(
            text=data["text"],
            kind=data["kind"],
            category=data.get("category", ""),
            place=data.get("place", ""),
            place_note=data.get("place_note", ""),
            latitude=data.get("latitude"),
            longitude=data.get("longitude"),
            agency_named=data.get("agency", ""),
            language=data.get("language", ""),
            about_official=data["about_official"],
            contact=contact,
            on_behalf=bool(contact.for_name),
            share_contact=data["share_contact"],
            publish_consent=data["publish_consent"],
            files=tuple(str(key) for key in data.get("files", ())),
        )


class SignedReceiptOut(serializers.Serializer[Any]):
    """A receipt that anybody can check against the public record, without trusting the portal."""

    format = serializers.IntegerField()
    log = serializers.CharField()
    number = serializers.CharField()
    event = serializers.DictField(help_text="The filing's event, exactly as it is hashed.")
    leaf_hash = serializers.CharField(help_text="Its leaf in the public log, hexadecimal.")
    filed_at = serializers.CharField()
    forward_due = serializers.CharField(allow_null=True)
    answer_due = serializers.CharField(allow_null=True)
    text_salt = serializers.CharField(
        allow_blank=True, help_text="With it and the text, the words are proved; empty once erased."
    )
    key = serializers.CharField(help_text="Which key signed (`/record/keys.json`).")
    signature = serializers.CharField(help_text="Ed25519 over the rest as canonical JSON, base64.")


class ReceiptOut(serializers.Serializer[Any]):
    """What the citizen is given, once."""

    number = serializers.CharField()
    secret = serializers.CharField(help_text="Opens the case from any device. Shown only here.")
    withdrawal_secret = serializers.CharField(help_text="Needed to withdraw. Shown only here.")
    status = serializers.CharField()
    forward_due = serializers.DateTimeField()
    answer_due = serializers.DateTimeField()
    agency = serializers.CharField(allow_null=True)
    track_url = serializers.URLField()
    proof = SignedReceiptOut(help_text="The signed receipt; keep it as it is (docs/record.md).")


class SecretIn(serializers.Serializer[Any]):
    """The proof that a case is one's own."""

    secret = serializers.CharField(max_length=60)


class OfficeOut(serializers.ModelSerializer[Office]):
    """An agency or office."""

    name = serializers.CharField()
    type = serializers.CharField(source="type.code")
    body = serializers.CharField(source="type.body")
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.code", allow_null=True, default=None
    )

    class Meta:
        model = Office
        fields = ["code", "name", "names", "short_name", "type", "body", "parent", "website"]


class CategoryOut(serializers.ModelSerializer[Category]):
    """A subject."""

    name = serializers.CharField()
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.code", allow_null=True, default=None
    )

    class Meta:
        model = Category
        fields = ["code", "name", "names", "parent"]


class PlaceOut(serializers.ModelSerializer[Place]):
    """A place."""

    name = serializers.CharField()
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.code", allow_null=True, default=None
    )

    class Meta:
        model = Place
        fields = ["code", "name", "names", "level", "parent", "latitude", "longitude"]


class CaseRowOut(WithAssigned, serializers.ModelSerializer[Case]):
    """A case in a list."""

    holder = serializers.CharField(source="holder.code", allow_null=True, default=None)
    holder_name = serializers.CharField(source="holder.name", default="")
    category = serializers.CharField(source="category.code", allow_null=True, default=None)
    place = serializers.CharField(source="place.code", allow_null=True, default=None)

    class Meta:
        model = Case
        fields = [
            "number",
            "kind",
            "status",
            "ending",
            "outcome",
            "priority",
            "sensitive",
            "channel",
            "language",
            "text",
            "holder",
            "holder_name",
            "assigned",
            "assigned_to",
            "category",
            "place",
            "filed_at",
            "next_due",
            "tray",
        ]


class CaseOut(WithAppeals, WithElsewhere, CaseRowOut):
    """A case as an officer may see it, with timeline, clocks, routing reasons and moves open now."""

    withdrawal_pending = serializers.SerializerMethodField(
        help_text="For overseers: whether the citizen asked to withdraw. For others always false."
    )
    timeline = serializers.SerializerMethodField()
    clocks = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField()
    routing = serializers.SerializerMethodField()
    seen = serializers.SerializerMethodField(help_text="The last step; send it with a move.")

    class Meta(CaseRowOut.Meta):
        fields = [
            *CaseRowOut.Meta.fields,
            "place_note",
            "on_behalf",
            "anonymous",
            "share_contact",
            "forwarded_at",
            "answered_at",
            "closed_at",
            "hops",
            "disputes",
            "withdrawal_pending",
            "seen",
            "moves",
            "clocks",
            "timeline",
            "appeals",
            "elsewhere",
            "routing",
        ]

    def _file(self) -> CaseFile:
        file: CaseFile = self.context["file"]
        return file

    def get_seen(self, case: Case) -> int:
        """The last step that whoever asks may know of."""
        return self._file().seen

    def get_withdrawal_pending(self, case: Case) -> bool:
        """Between the citizen and the overseers, until it takes effect."""
        return case.withdrawal_pending and self._file().reads_private

    @extend_schema_field(EntryOut(many=True))
    def get_timeline(self, case: Case) -> list[dict[str, Any]]:
        """All that happened, oldest first."""
        entries: Any = self._file().timeline
        is_for_system = self._file().actor.has(Role.SYSTEM)
        context = {
            "nameless": is_for_system,
            "offices": offices_of(entries) if is_for_system else None,
        }
        rows: Any = EntryOut(entries, many=True, context=context)
        return list(rows.data)

    @extend_schema_field(ClockOut(many=True))
    def get_clocks(self, case: Case) -> list[dict[str, Any]]:
        """Every clock of the case, oldest first."""
        return list(ClockOut(self._file().clock_rows, many=True).data)

    def get_moves(self, case: Case) -> list[str]:
        """What may be done now, by whoever asks."""
        return self._file().moves

    def get_routing(self, case: Case) -> dict[str, Any] | None:
        """The router's last decision."""
        record = self._file().routing
        return dict(record.decision) if record else None


class MovedOut(WithAssigned, serializers.ModelSerializer[Case]):
    """A case right after a move: where it stands (`contact` is added after `break_seal`).

    The whole case is read with GET.
    """

    holder = serializers.CharField(source="holder.code", allow_null=True, default=None)
    seen = serializers.SerializerMethodField(help_text="The last step; send it with a move.")

    class Meta:
        model = Case
        fields = [
            "number",
            "status",
            "ending",
            "outcome",
            "holder",
            "assigned",
            "assigned_to",
            "sensitive",
            "next_due",
            "seen",
        ]

    def get_seen(self, case: Case) -> int:
        """The last step that whoever made the move (`actor` in the context) may know of."""
        return newest_step(case, self.context["actor"])


class LookOut(serializers.Serializer[Any]):
    """Somebody saw who the citizen is: an office and a post, never a name."""

    office = serializers.CharField(
        help_text="In the reader's language; empty for the central desk."
    )
    role = serializers.CharField(help_text="The post that they held there then.")
    at = serializers.DateTimeField()
    ground = serializers.CharField(
        help_text="shared (the citizen allowed it), audit (to ask whether it was solved) or"
        " seal_broken (for the reason given)."
    )
    reason = serializers.CharField()


class FollowOut(WithAppeals, WithElsewhere):
    """A case as its citizen sees it."""

    number = serializers.CharField(source="case.number")
    kind = serializers.CharField(source="case.kind")
    text = serializers.CharField(
        source="case.text", help_text="What was written when it was filed."
    )
    status = serializers.CharField(
        source="citizen_word", help_text="received, with_agency, asked, answered or closed."
    )
    state = serializers.CharField(source="shown_case.status")
    ending = serializers.CharField(source="case.ending")
    outcome = serializers.CharField(source="shown_case.outcome")
    agency = serializers.CharField(source="shown_case.holder.code", allow_null=True, default=None)
    agency_name = serializers.CharField(source="shown_case.holder.name", default="")
    filed_at = serializers.DateTimeField(source="case.filed_at")
    answer_due = serializers.DateTimeField(allow_null=True)
    moves = serializers.ListField(child=serializers.CharField())
    seen = serializers.IntegerField(source="case.last_seq")
    clocks = ClockOut(many=True, source="clock_rows")
    timeline = EntryOut(many=True)
    looks = serializers.SerializerMethodField()
    restriction = serializers.CharField(
        help_text="Of whoever filed it, made known through this case: open, appealed or kept; empty"
        " where none is in force. Why and until when is said in the timeline.",
    )
    held = serializers.BooleanField(
        source="case.held", help_text="It waits for the central desk because of a restriction."
    )

    @extend_schema_field(LookOut(many=True))
    def get_looks(self, file: CaseFile) -> list[dict[str, Any]]:
        """Who saw who the citizen is, the newest first."""
        reasons = {entry.event.pk: entry.said.get("text", "") for entry in file.timeline}
        rows = [
            {
                "office": look.office.name if look.office else "",
                "role": getattr(look, "role", "") or "",
                "at": look.at,
                "ground": look.ground,
                "reason": reasons.get(look.event_id or 0, ""),
            }
            for look in file.looks
        ]
        return list(LookOut(rows, many=True).data)
