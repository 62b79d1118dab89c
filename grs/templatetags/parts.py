"""Parts of the frame that are the same for many: put together once for each language and reader's kind.

`{% load parts %}`, then `{% part "components/footer.html" simulator=simulator %}`.
"""

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def part(name: str, **values: Hashable) -> SafeString:
    """A template that sees nothing but these values and `home`: so nothing of one reader's page can
    reach another's. What is given with them has to be worth keeping: few values, not a reader's own.
    """
    return _drawn(name, get_language(), get_script_prefix(), tuple(values.items()))


@lru_cache(maxsize=500)
def _drawn(
    name: str, _language: str | None, home: str, values: tuple[tuple[str, Hashable], ...]
) -> SafeString:
    drawn = get_template(name).render({"home": home, **dict(values)})
    return mark_safe(drawn)  # noqa: S308 - by a template
