"""Django's tag for static files; only that the address of a file, which stays the same while a process
runs, is worked out once.

Stands in for Django's library of this name (see TEMPLATES in the settings).
"""

from functools import lru_cache

from django.template import Library, Node
from django.template.base import Parser, Token
from django.templatetags import static as of_django

register = Library()
register.tags.update(of_django.register.tags)


class Static(of_django.StaticNode):
    """The address of a static file."""

    @classmethod
    def handle_simple(cls, path: str) -> str:
        """From the manifest, the first time."""
        return _address(path)


@lru_cache(maxsize=200)
def _address(path: str) -> str:
    return of_django.StaticNode.handle_simple(path)


@register.tag("static")
def static(parser: Parser, token: Token) -> Node:
    """`{% static "…" %}`, with all that Django's own can do."""
    return Static.handle_token(parser, token)
