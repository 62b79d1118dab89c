"""Categories, and the services that offices promise."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Category, Office, OfficeType, Service
from agencies.services.cleaning import Mistakes, check_names, clean_code, clean_names
from agencies.services.recording import bump, lock, record, require_registrar

#: What `Category.path` holds.
LONGEST_PATH = 200


@transaction.atomic
def save_category(
    actor: Actor,
    *,
    names: Mapping[str, str],
    category: Category | None = None,
    country: str = "",
    code: str = "",
    parent: Category | None = None,
    order: int = 0,
) -> Category:
    """Make a category (country and code given), or change one; those below move with it.

    A code is for life: rules and cases point at it. Raises ValidationError by field.
    """
    require_registrar(actor)
    lock(category.country if category else country)
    if category is None:
        category, before = Category(country=country), None
    else:
        category = Category.objects.select_for_update().get(pk=category.pk)
        before = _category_values(category)
    old_path = category.path
    if parent is not None:
        parent = Category.objects.get(pk=parent.pk, country=category.country)
    check_category({"code": code, "parent": parent, "names": names}, category)
    category.code = category.code or clean_code(code)
    category.parent, category.order = parent, order
    category.names = clean_names(names)
    category.path = _path(category.code, parent)
    category.save()
    if old_path and old_path != category.path:
        _move_below(category, old_path)
    _record_category(actor, category, before)
    return category


def check_category(given: Mapping[str, Any], category: Category) -> None:
    """Raise ValidationError for all that is wrong with those values of `save_category` that are given.

    `category` is as it was before; a new one has a country alone.
    """
    mistakes, code = Mistakes(), category.code
    if not category.pk and "code" in given:
        with mistakes.noted():
            code = _new_category_code(category.country, given["code"])
    with mistakes.noted():
        _check_parent(category, code, given.get("parent"))
    check_names(mistakes, given)
    mistakes.tell()


def _check_parent(category: Category, code: str, parent: Category | None) -> None:
    if category.pk and parent is not None and parent.path.startswith(category.path):
        raise ValidationError({"parent": _("A category can’t lie below itself.")})
    if len(_path(code, parent)) > LONGEST_PATH:
        raise ValidationError({"parent": _("This category would lie too deep in the tree.")})


def _path(code: str, parent: Category | None) -> str:
    return f"{parent.path if parent else ''}{code}/"


def _new_category_code(country: str, code: str) -> str:
    code = clean_code(code)
    if Category.objects.filter(country=country, code=code).exists():
        raise ValidationError({"code": _("Another category has this code.")})
    return code


def _move_below(category: Category, old_path: str) -> None:
    below = Category.objects.filter(country=category.country, path__startswith=old_path)
    rows = list(below.exclude(pk=category.pk))
    for row in rows:
        row.path = category.path + row.path.removeprefix(old_path)
    Category.objects.bulk_update(rows, ["path"])


@transaction.atomic
def retire_category(actor: Actor, category: Category) -> Category:
    """New complaints can't choose it any more; old ones keep it."""
    return _set_retired(actor, category, retired=True)


@transaction.atomic
def restore_category(actor: Actor, category: Category) -> Category:
    """New complaints can choose it again."""
    return _set_retired(actor, category, retired=False)


def _set_retired(actor: Actor, category: Category, *, retired: bool) -> Category:
    require_registrar(actor)
    lock(category.country)
    category = Category.objects.select_for_update().get(pk=category.pk)
    before = _category_values(category)
    if (category.retired_at is not None) == retired:
        return category
    category.retired_at = timezone.now() if retired else None
    category.save(update_fields=["retired_at"])
    _record_category(actor, category, before)
    return category


def _category_values(category: Category) -> dict[str, Any]:
    return {
        "names": category.names,
        "parent": category.parent.code if category.parent else None,
        "order": category.order,
        "retired_at": category.retired_at.isoformat() if category.retired_at else None,
    }


def _record_category(actor: Actor, category: Category, before: dict[str, Any] | None) -> None:
    after = _category_values(category)
    if after != before:
        record(
            actor,
            category,
            country=category.country,
            key=category.code,
            before=before,
            after=after,
        )
        bump(category.country)


@transaction.atomic
def save_service(
    actor: Actor,
    *,
    names: Mapping[str, str],
    category: Category,
    days: int,
    service: Service | None = None,
    country: str = "",
    code: str = "",
    office: Office | None = None,
    office_type: OfficeType | None = None,
    what: Mapping[str, str] | None = None,
    working_days: bool = True,
    fee: Decimal | None = None,
    officer_role: Role | str = Role.FOCAL,
) -> Service:
    """Make a service with its charter (country and code given), or change one.

    It is promised by an office or by every office of a type, one of them. `days` is the time
    promised; `fee` is in the country's currency, None "not set", 0 free.
    """
    require_registrar(actor)
    lock(service.country if service else country)
    if service is None:
        service, before = Service(country=country), None
    else:
        service = Service.objects.select_for_update().get(pk=service.pk)
        before = _service_values(service)
    given = {"code": code, "names": names, "office": office, "office_type": office_type, "fee": fee}
    check_service(given, service)
    service.code = service.code or clean_code(code)
    service.office, service.office_type, service.category = office, office_type, category
    service.names = clean_names(names)
    service.what = {
        language: text.strip() for language, text in (what or {}).items() if text.strip()
    }
    service.days, service.working_days, service.fee = days, working_days, fee
    service.officer_role = officer_role
    service.save()
    after = _service_values(service)
    if after != before:
        record(
            actor, service, country=service.country, key=service.code, before=before, after=after
        )
        bump(service.country)
    return service


def check_service(given: Mapping[str, Any], service: Service) -> None:
    """Raise ValidationError for all that is wrong with those values of `save_service` that are given.

    `service` is as it was before; a new one has a country alone.
    """
    mistakes, fee = Mistakes(), given.get("fee")
    if not service.pk and "code" in given:
        with mistakes.noted():
            _new_service_code(service.country, given["code"])
    check_names(mistakes, given)
    with mistakes.noted():
        _check_promised_by(given)
    with mistakes.noted():
        if fee is not None and fee < 0:
            raise ValidationError({"fee": _("A fee can’t be less than nothing.")})
    mistakes.tell()


def _check_promised_by(given: Mapping[str, Any]) -> None:
    """One of the two, where both are known."""
    if not {"office", "office_type"} <= given.keys():
        return
    if (given["office"] is None) == (given["office_type"] is None):
        raise ValidationError({"office": _("Choose an office or an office type, one of them.")})


def _new_service_code(country: str, code: str) -> str:
    code = clean_code(code)
    if Service.objects.filter(country=country, code=code).exists():
        raise ValidationError({"code": _("Another service has this code.")})
    return code


@transaction.atomic
def remove_service(actor: Actor, service: Service) -> None:
    """The service is no longer promised, also after the next load of the country pack."""
    require_registrar(actor)
    lock(service.country)
    service = Service.objects.select_for_update().get(pk=service.pk)
    before = _service_values(service)
    record(actor, service, country=service.country, key=service.code, before=before, after=None)
    bump(service.country)
    service.delete()


def _service_values(service: Service) -> dict[str, Any]:
    return {
        "names": service.names,
        "what": service.what,
        "office": service.office.code if service.office else None,
        "office_type": service.office_type.code if service.office_type else None,
        "category": service.category.code,
        "days": service.days,
        "working_days": service.working_days,
        "fee": str(service.fee) if service.fee is not None else None,
        "officer_role": str(service.officer_role),
    }
