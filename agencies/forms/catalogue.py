"""Forms for categories and services."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from agencies import services
from agencies.forms.fields import CodeField, NamedForm, OfficeField, language_fields, texts
from agencies.models import Category, OfficeType, Service
from agencies.services.policies import MOST


class CategoryChoice(forms.ModelChoiceField):
    """A category in use; deeper ones are indented."""

    def label_from_instance(self, obj: Any) -> str:
        return "– " * (obj.path.count("/") - 1) + str(obj.name)


def categories_to_choose() -> Any:
    """The installation's categories in use, in the order of the tree."""
    return Category.objects.filter(country=settings.COUNTRY, retired_at=None).order_by("path")


class CategoryForm(NamedForm):
    """A category; `code` only while it is new."""

    code = CodeField()
    parent = CategoryChoice(
        Category.objects.none(),
        label=gettext_lazy("Category above"),
        empty_label=gettext_lazy("None: at the top"),
        required=False,
    )
    order = forms.IntegerField(
        label=gettext_lazy("Order"),
        help_text=gettext_lazy("Lower numbers are shown first."),
        min_value=0,
        max_value=100_000,
        initial=0,
    )

    def __init__(self, *args: Any, category: Category | None = None, **options: Any) -> None:
        if category:
            options["initial"] = {"parent": category.parent_id, "order": category.order}
        super().__init__(*args, names=category.names if category else None, **options)
        self.category = category or Category(country=settings.COUNTRY)
        rows = categories_to_choose()
        if category:
            del self.fields["code"]
            rows = rows.exclude(path__startswith=category.path)
        self.fields["parent"].queryset = rows  # type: ignore[attr-defined]

    def check(self, given: dict[str, Any]) -> None:
        """As the service does."""
        services.check_category(given, self.category)

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        kept = ("code", "parent", "order")
        return {
            "names": self.names,
            **{name: self.cleaned_data[name] for name in kept if name in self.cleaned_data},
        }


class ServiceForm(NamedForm):
    """A service with its charter; `code` only while it is new."""

    code = CodeField()
    category = CategoryChoice(Category.objects.none(), label=gettext_lazy("Category"))
    office = OfficeField(label=gettext_lazy("Promised by the office"), required=False)
    office_type = forms.ModelChoiceField(
        OfficeType.objects.none(),
        label=gettext_lazy("Or by every office of a type"),
        empty_label=gettext_lazy("None"),
        required=False,
    )
    days = forms.IntegerField(label=gettext_lazy("Time in days"), min_value=0, max_value=MOST)
    working_days = forms.BooleanField(
        label=gettext_lazy("Count working days only"), required=False, initial=True
    )
    fee = forms.DecimalField(
        label=gettext_lazy("Fee"),
        help_text=gettext_lazy("0 is free. Empty: not set."),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
    )
    officer_role = forms.ChoiceField(
        label=gettext_lazy("Who gives it"),
        choices=[(role.value, role.label) for role in (Role.FOCAL, Role.CASE_OFFICER, Role.HEAD)],
    )

    def __init__(self, *args: Any, service: Service | None = None, **options: Any) -> None:
        if service:
            names = ("category_id", "office_type_id", "days", "working_days", "fee", "officer_role")
            options["initial"] = {
                **{name.removesuffix("_id"): getattr(service, name) for name in names},
                "office": service.office,
            }
        super().__init__(*args, names=service.names if service else None, **options)
        self.service = service or Service(country=settings.COUNTRY)
        if service:
            del self.fields["code"]
        what = language_fields(
            "what",
            gettext_lazy("What one gets"),
            service.what if service else None,
            required=False,
            rows=3,
        )
        self.fields.update(what)
        self.fields["category"].queryset = categories_to_choose()  # type: ignore[attr-defined]
        types = OfficeType.objects.filter(country=settings.COUNTRY).order_by("code")
        self.fields["office_type"].queryset = types  # type: ignore[attr-defined]

    def check(self, given: dict[str, Any]) -> None:
        """As the service does."""
        services.check_service(given, self.service)

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        texts_too = {"name_", "what_"}
        given = {
            name: value for name, value in self.cleaned_data.items() if name[:5] not in texts_too
        }
        return {**given, "names": self.names, "what": texts(self.cleaned_data, "what")}


class ServiceSearchForm(forms.Form):
    """What the list of services is narrowed to."""

    mark_optional = False
    words = forms.CharField(label=gettext_lazy("Name or code"), required=False)
    category = CategoryChoice(
        Category.objects.none(),
        label=gettext_lazy("Category"),
        to_field_name="code",
        empty_label=gettext_lazy("All"),
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].queryset = categories_to_choose()  # type: ignore[attr-defined]
