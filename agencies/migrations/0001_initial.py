import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="RegistryVersion",
            fields=[
                ("country", models.CharField(max_length=2, primary_key=True, serialize=False)),
                ("version", models.PositiveBigIntegerField(default=1)),
                ("stamp", models.UUIDField(default=uuid.uuid4)),
                ("pack_hash", models.CharField(blank=True, max_length=64)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="Calendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("names", models.JSONField(default=dict)),
                ("country", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=40, unique=True)),
                ("time_zone", models.CharField(max_length=60)),
                (
                    "weekend",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                ("is_default", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("country",),
                        name="calendar_one_default",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("names", models.JSONField(default=dict)),
                ("country", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=60)),
                ("path", models.CharField(max_length=200)),
                ("order", models.PositiveIntegerField(default=0)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="agencies.category",
                    ),
                ),
            ],
            options={
                "ordering": ["order", "code"],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("names", models.JSONField(default=dict)),
                ("date", models.DateField()),
                ("source", models.CharField(default="registrar", max_length=20)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holidays",
                        to="agencies.calendar",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("names", models.JSONField(default=dict)),
                ("country", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=60)),
                ("path", models.CharField(max_length=400)),
                ("short_name", models.CharField(blank=True, max_length=60)),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("website", models.CharField(blank=True, max_length=200)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("search_text", models.TextField(blank=True, default="")),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.office",
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="agencies.calendar",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="agencies.office",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeadlinePolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                ("name", models.CharField(max_length=40)),
                ("amount", models.PositiveIntegerField()),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("calendar_days", "calendar days"),
                            ("working_days", "working days"),
                            ("hours", "hours"),
                            ("count", "times"),
                        ],
                        max_length=20,
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("priority", models.CharField(blank=True, max_length=20)),
                ("version", models.PositiveIntegerField(default=1)),
                ("valid_from", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policies",
                        to="agencies.office",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deadline policies",
            },
        ),
        migrations.CreateModel(
            name="OfficeType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("names", models.JSONField(default=dict)),
                ("country", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=60)),
                (
                    "body",
                    models.CharField(
                        choices=[
                            ("ministry", "Ministry"),
                            ("division", "Division"),
                            ("department", "Department"),
                            ("field_office", "Field office"),
                            ("local_government", "Local government"),
                            ("state_company", "State company"),
                            ("ngo", "Non-governmental organisation"),
                        ],
                        max_length=20,
                    ),
                ),
                ("level", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("country", "code"), name="office_type_code_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="office",
            name="type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offices",
                to="agencies.officetype",
            ),
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("names", models.JSONField(default=dict)),
                ("country", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=32)),
                ("level", models.CharField(max_length=20)),
                ("path", models.CharField(max_length=200)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("search_text", models.TextField(blank=True, default="")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="agencies.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OfficeArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="agencies.office",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covered_by",
                        to="agencies.place",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="office",
            name="places",
            field=models.ManyToManyField(
                related_name="offices", through="agencies.OfficeArea", to="agencies.place"
            ),
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("operator", "Operator"),
                            ("desk", "Desk officer"),
                            ("focal", "Focal officer"),
                            ("case_officer", "Case officer"),
                            ("head", "Head of office"),
                            ("overseer", "Overseer"),
                            ("auditor", "Auditor"),
                            ("registrar", "Registrar"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=120)),
                ("held_from", models.DateTimeField(default=django.utils.timezone.now)),
                ("held_to", models.DateTimeField(blank=True, null=True)),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="agencies.office",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegistryChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("country", models.CharField(max_length=2)),
                ("table", models.CharField(max_length=40)),
                ("row_id", models.BigIntegerField()),
                ("key", models.CharField(max_length=200)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("names", models.JSONField(default=dict)),
                ("country", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=60)),
                ("what", models.JSONField(default=dict)),
                ("days", models.PositiveIntegerField()),
                ("working_days", models.BooleanField(default=True)),
                (
                    "fee",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True),
                ),
                (
                    "officer_role",
                    models.CharField(
                        choices=[
                            ("operator", "Operator"),
                            ("desk", "Desk officer"),
                            ("focal", "Focal officer"),
                            ("case_officer", "Case officer"),
                            ("head", "Head of office"),
                            ("overseer", "Overseer"),
                            ("auditor", "Auditor"),
                            ("registrar", "Registrar"),
                        ],
                        default="focal",
                        max_length=20,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="agencies.category",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="services",
                        to="agencies.office",
                    ),
                ),
                (
                    "office_type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="services",
                        to="agencies.officetype",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CalendarChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("added", "Added"), ("removed", "Removed")], max_length=10
                    ),
                ),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="agencies.calendar",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("applied_at", None)),
                        fields=["recorded_at"],
                        name="calendar_change_open_idx",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(
                fields=("country", "code"), name="category_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="holiday",
            constraint=models.UniqueConstraint(fields=("calendar", "date"), name="holiday_once"),
        ),
        migrations.AddConstraint(
            model_name="deadlinepolicy",
            constraint=models.UniqueConstraint(
                fields=("country", "name", "agency", "kind", "priority", "version"),
                name="policy_version_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass("path", name="text_pattern_ops"),
                models.F("country"),
                name="place_path_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                name="place_search_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["country", "level"], name="place_level_idx"),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(fields=("country", "code"), name="place_code_once"),
        ),
        migrations.AddConstraint(
            model_name="officearea",
            constraint=models.UniqueConstraint(fields=("office", "place"), name="office_area_once"),
        ),
        migrations.AddIndex(
            model_name="office",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass("path", name="text_pattern_ops"),
                models.F("country"),
                name="office_path_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="office",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                name="office_search_idx",
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.UniqueConstraint(fields=("country", "code"), name="office_code_once"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["office", "role"], name="agencies_po_office__8b6cf9_idx"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held_to", None), ("held_to__gt", models.F("held_from")), _connector="OR"
                ),
                name="post_ends_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                condition=models.Q(("held_to", None)),
                fields=("user", "role", "office"),
                name="post_held_once",
            ),
        ),
        migrations.AddIndex(
            model_name="registrychange",
            index=models.Index(fields=["table", "row_id", "-at"], name="registry_change_row_idx"),
        ),
        migrations.AddIndex(
            model_name="registrychange",
            index=models.Index(fields=["country", "table", "key"], name="registry_change_key_idx"),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.UniqueConstraint(
                fields=("country", "code"), name="service_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("office", None), ("office_type", None), _connector="XOR"),
                name="service_of_office_or_type",
            ),
        ),
    ]
