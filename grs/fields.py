"""A field with its label, hint, mistakes and control, in govuk-frontend's markup.

Put together here and not in a template, since a page has a dozen of them. What is not a plain control
(choices, dates, counted letters) has its template in templates/forms/.
"""

from typing import Any

from django.forms import BoundField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from grs import reading

#: Templates of controls that stand in a fieldset, by kind; and of those that stand below a label.
IN_FIELDSET = {
    "radios": "forms/radios.html",
    "checkboxes": "forms/checkboxes.html",
    "date": "forms/date.html",
}


def draw_field(
    field: Any,
    *,
    heading: bool = False,
    size: str = "s",
    hide_label: bool = False,
    choices_as_cards: bool = False,
) -> SafeString:
    """One field of a form. `heading`: its label is the page's h1."""
    wrong = " govuk-form-group--error" if field.errors else ""
    if field.use_fieldset:
        inside = _fieldset(field, heading, size, hide_label, choices_as_cards)
    elif field.kind == "checkbox":
        inside = _checkbox(field)
    else:
        inside = _labelled(field, heading, size, hide_label)
    return mark_safe(f'<div class="govuk-form-group{wrong}">\n{inside}\n</div>\n')  # noqa: S308


def _fieldset(
    field: Any, heading: bool, size: str, hide_label: bool, choices_as_cards: bool
) -> str:
    told = field.aria_describedby
    described = f' aria-describedby="{conditional_escape(told)}"' if told else ""
    words = _words(field)
    if heading:
        words = f'<h1 class="govuk-fieldset__heading">{words}</h1>'
    name = IN_FIELDSET.get(field.kind)
    choices = {"field": field, "choices_as_cards": choices_as_cards}
    control = _by_template(name, **choices) if name else str(field)
    css = f"govuk-fieldset__legend govuk-fieldset__legend--{size or 's'}{_hidden(hide_label)}"
    return (
        f'<fieldset class="govuk-fieldset"{described}>\n<legend class="{css}">{words}</legend>'
        f"{_hint_and_mistakes(field)}\n{control}</fieldset>"
    )


def _checkbox(field: Any) -> str:
    hint = _hint(field, "govuk-hint govuk-checkboxes__hint")
    label = f'for="{field.id_for_label}">{conditional_escape(field.label)}</label>'
    return (
        f'{_mistakes(field)}<div class="govuk-checkboxes"><div class="govuk-checkboxes__item">'
        f'{field}\n<label class="govuk-label govuk-checkboxes__label" {label}{hint}</div></div>'
    )


def _labelled(field: Any, heading: bool, size: str, hide_label: bool) -> str:
    css = f"govuk-label govuk-label--{size or 's'}{_hidden(hide_label)}"
    label = f'<label class="{css}" for="{field.id_for_label}">{_words(field)}</label>'
    if heading:
        label = f'<h1 class="govuk-label-wrapper">{label}</h1>'
    if field.counted:
        control = _by_template("forms/counted.html", field=field)
    elif field.kind == "password":
        control = _by_template("forms/password.html", field=field)
    else:
        control = str(field)
    return f"{label}\n{_hint_and_mistakes(field)}{control}"


def _words(field: Any) -> str:
    words = conditional_escape(field.label)
    if not field.show_optional:
        return words
    return f'{words} <span class="app-optional">({conditional_escape(gettext("optional"))})</span>'


def _hidden(hide_label: bool) -> str:
    return " govuk-visually-hidden" if hide_label else ""


def _hint_and_mistakes(field: Any) -> str:
    return _hint(field, "govuk-hint") + _mistakes(field)


def _hint(field: Any, css: str) -> str:
    """What helps to fill it in: ours, and so markup. In lists of rules numbers are the reader's."""
    text = str(field.help_text)
    if not text:
        return ""
    if "<ul" in text:
        text = reading.digits(text, (get_language() or "en")[:2])
    return f'<div id="{field.auto_id}_helptext" class="{css}">{text}</div>\n'


def _mistakes(field: Any) -> str:
    return _by_template("forms/error.html", field=field) if field.errors else ""


def _by_template(name: str, *, field: BoundField, **more: Any) -> str:
    return field.form.renderer.render(name, {"field": field, **more})
