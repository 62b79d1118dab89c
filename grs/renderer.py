"""How every Django form looks: label, hint, error and control in govuk-frontend's markup.

Set as FORM_RENDERER. A form needs no classes of its own: `{{ form }}` or `{% field form.text %}`.
Widgets may carry two more things, both optional: `hints` ({choice value: a line below it}) and
`reveals` ({choice value: name of the field that is asked for when it is chosen}).
"""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from grs.fields import draw_field

#: Control classes by kind; radios and checkboxes get theirs on each choice.
CLASSES = {
    "input": "govuk-input",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "app-file",
    "radios": "govuk-radios__input",
    "checkboxes": "govuk-checkboxes__input",
    "checkbox": "govuk-checkboxes__input",
    "date": "govuk-select",
}
KINDS: list[tuple[type[forms.Widget], str]] = [
    (forms.SelectDateWidget, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
]
#: No counter below this many characters: it would only be noise.
COUNTED_FROM = 150


class PortalBoundField(forms.BoundField):
    """A field of a form as the templates in templates/forms/ want it."""

    @cached_property
    def kind(self) -> str:
        """Which control it is; "input" for all one-line ones."""
        widget = self.field.widget
        return next((kind for cls, kind in KINDS if isinstance(widget, cls)), "input")

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        if (widget or self.field.widget).is_hidden:
            return attrs
        attrs["class"] = self._classes((widget or self.field.widget).attrs.get("class", ""))
        if self.counted:
            described = attrs.get("aria-describedby", "")
            attrs["aria-describedby"] = f"{described} {self.auto_id}-info".strip()
        return attrs

    def _classes(self, own: str) -> str:
        css = CLASSES[self.kind]
        if self.errors and self.kind in ("input", "password", "textarea", "select", "file", "date"):
            css += f" {css.split()[0]}--error"
        if self.counted:
            css += " govuk-js-character-count"
        return f"{css} {own}".strip()

    @property
    def counted(self) -> int | None:
        """The most characters, where a counter below the control helps."""
        most = getattr(self.field, "max_length", None)
        return most if self.kind == "textarea" and most and most >= COUNTED_FROM else None

    @property
    def first_id(self) -> str:
        """The id that a link from the error summary leads to."""
        if self.kind in ("radios", "checkboxes"):
            return f"{self.auto_id}_0"
        if self.kind == "date":
            return next((part["id"] for part in self.date_parts), self.auto_id)
        return self.id_for_label or self.auto_id

    @property
    def show_optional(self) -> bool:
        """Whether the label says "(optional)"; a form may switch it off (`mark_optional`)."""
        return (
            not self.field.required
            and self.kind != "checkbox"
            and getattr(self.form, "mark_optional", True)
        )

    @property
    def options(self) -> Iterator[dict[str, Any]]:
        """The choices of radios and checkboxes: control, label, hint, field asked for."""
        hints = getattr(self.field.widget, "hints", {})
        for choice in self.subwidgets:
            value = str(choice.data["value"])
            attrs = dict(choice.data["attrs"])
            if value in hints:
                attrs["aria-describedby"] = f"{attrs['id']}_helptext"
            revealed = self._reveals.get(value)
            choice.data["attrs"] = attrs
            yield {
                "tag": choice.tag(),
                "id": attrs.get("id"),
                "label": choice.choice_label,
                "hint": hints.get(value, ""),
                "field": self.form[revealed] if revealed else None,
            }

    @property
    def _reveals(self) -> dict[str, str]:
        return getattr(self.field.widget, "reveals", {})

    @property
    def shown_elsewhere(self) -> bool:
        """Whether it is shown below the choice that asks for it, not in the run of fields."""
        return any(
            self.name in getattr(other.widget, "reveals", {}).values()
            for other in self.form.fields.values()
        )

    @property
    def date_parts(self) -> list[dict[str, Any]]:
        """The selects of a SelectDateWidget: day, month, year, as all three languages say it."""
        widget = self.field.widget
        attrs = self.build_widget_attrs({"id": self.auto_id})
        context = widget.get_context(self.html_name, self.value(), attrs)
        parts = [
            {
                "id": part["attrs"]["id"],
                "part": part["name"].rsplit("_", 1)[-1],
                "html": widget._render(part["template_name"], {"widget": part}, self.renderer),
            }
            for part in context["widget"]["subwidgets"]
        ]
        return sorted(parts, key=lambda part: ("day", "month", "year").index(part["part"]))


class PortalRenderer(TemplatesSetting):
    """Renders forms by the templates in templates/forms/."""

    form_template_name = "forms/form.html"
    #: There is no such template: see grs/fields.py.
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"
    bound_field_class = PortalBoundField

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        """By the template; but the plain controls, which every page of forms is full of, and a list of
        choices, which may have hundreds, are put together here.
        """
        if template_name == self.field_template_name:
            return draw_field(**context)
        draw, widget = DRAWN.get(template_name), context.get("widget", {})
        # What Django puts around a control, around one for a file that is there already above all, it draws.
        if draw is not None and not widget.get("wrap_label") and not widget.get("is_initial"):
            return draw(widget)
        return mark_safe(super().render(template_name, context, request))  # noqa: S308


def _select(widget: dict[str, Any]) -> SafeString:
    """A `<select>` as Django's templates would draw it."""
    groups = []
    for group, choices, _index in widget["optgroups"]:
        options = mark_safe("\n".join(map(_option, choices)))  # noqa: S308 - escaped there
        groups.append(
            format_html('<optgroup label="{}">{}</optgroup>', group, options) if group else options
        )
    attrs = flatatt({"name": widget["name"], **_said(widget["attrs"])})
    return format_html("<select{}>{}</select>", attrs, mark_safe("\n".join(groups)))  # noqa: S308


def _input(widget: dict[str, Any]) -> SafeString:
    """An `<input>` as Django's templates would draw it."""
    value = {} if widget["value"] is None else {"value": widget["value"]}
    attrs = {"type": widget["type"], "name": widget["name"]} | value | widget["attrs"]
    return mark_safe(f"<input{_attributes(attrs)}>")  # noqa: S308 - escaped there


def _textarea(widget: dict[str, Any]) -> SafeString:
    attrs = _attributes({"name": widget["name"]} | widget["attrs"])
    words = escape(widget["value"] or "")
    return mark_safe(f"<textarea{attrs}>\n{words}</textarea>")  # noqa: S308 - escaped


def _attributes(attrs: dict[str, Any]) -> str:
    """In their order, as Django's template draws them; `flatatt` would sort them."""
    said = _said(attrs).items()
    return "".join(f" {n}" if v is True else f' {n}="{escape(str(v))}"' for n, v in said)


def _option(option: dict[str, Any]) -> str:
    attrs = _attributes({"value": str(option["value"])} | option["attrs"])
    return f"<option{attrs}>{conditional_escape(option['label'])}</option>"


def _said(attrs: dict[str, Any]) -> dict[str, Any]:
    """Attributes that say something: None and False are left out, as Django's template does."""
    return {
        name: value for name, value in attrs.items() if value is not None and value is not False
    }


INPUTS: tuple[type[forms.Widget], ...] = (
    forms.TextInput,
    forms.EmailInput,
    forms.NumberInput,
    forms.HiddenInput,
    forms.CheckboxInput,
    forms.ClearableFileInput,
)
#: Django's templates that are not used: what draws the control instead.
DRAWN: dict[str, Callable[[dict[str, Any]], SafeString]] = {
    forms.Select.template_name: _select,
    forms.Textarea.template_name: _textarea,
    **{str(widget.template_name): _input for widget in INPUTS},
    forms.RadioSelect.option_template_name: _input,
    forms.CheckboxSelectMultiple.option_template_name: _input,
}
