"""Django's templates, with the same meaning in less time: what a page of ours is full of goes a short way.

A page has hundreds of `{{ names }}` and `{% if names %}`. For each Django tries in turn all that a name may
mean. Nearly always it is a word of the context, a key of a dict, or an attribute: those are read here at
once, and **all else is left to Django**, which begins anew. So nothing can mean something else than before.

`Loader` is the loader of templates in the settings; where templates are debugged it changes nothing.
"""

import html
from collections.abc import Callable
from typing import Any

from django.template import Context, Node, NodeList, Template
from django.template.base import (
    FilterExpression,
    Lexer,
    Parser,
    TextNode,
    Token,
    VariableNode,
    render_value_in_context,
)
from django.template.loader_tags import IncludeNode, construct_relative_path
from django.template.loaders import cached
from django.utils.safestring import SafeString

#: What a name means that is not there, and one that has to be asked of Django.
MISSING, UNUSUAL = object(), object()
#: Filters that want more than a value (or promise something of their words) are called by Django.
WANTING = ("expects_localtime", "needs_autoescape", "is_safe")


def read(names: tuple[str, ...], context: Context) -> Any:
    """What a name with dots means in a context, or MISSING, or UNUSUAL."""
    for words in reversed(context.dicts):
        if names[0] in words:
            value = words[names[0]]
            break
    else:
        return MISSING
    for name in names[1:]:
        if value is None:
            return MISSING
        if callable(value):
            return UNUSUAL
        value = _part(value, name)
    return UNUSUAL if callable(value) else value


def _part(value: Any, name: str) -> Any:
    """What a dict has under a name, or an object as an attribute."""
    kind = type(value)
    if kind is dict:
        return value.get(name, UNUSUAL)
    if hasattr(kind, "__getitem__"):
        return UNUSUAL
    try:
        return getattr(value, name, UNUSUAL)
    except Exception:
        # Of some mistakes Django makes nothing, others it raises: it meets this one again.
        return UNUSUAL


class Expression(FilterExpression):
    """A name with its filters."""

    __slots__ = ("is_short", "names")

    def __init__(self, token: str, parser: Parser) -> None:
        super().__init__(token, parser)
        is_name = self.is_var and self.var.lookups is not None and not self.var.translate
        self.names = self.var.lookups if is_name else ()
        wanting = any(getattr(func, want, False) for func, _ in self.filters for want in WANTING)
        self.is_short = is_name and not wanting

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        """Its value; None where there is none and that does not matter."""
        value = read(self.names, context) if self.is_short else UNUSUAL
        if value is MISSING and ignore_failures:
            value = None
        elif value is MISSING or value is UNUSUAL:
            return super().resolve(context, ignore_failures)
        for func, args in self.filters:
            value = func(
                value, *[arg.resolve(context) if is_name else arg for is_name, arg in args]
            )
        return value


class Shown(VariableNode):
    """`{{ name }}`: words are escaped at once; numbers, times and what else there is by Django."""

    def render(self, context: Context) -> str:
        """The value as it stands on the page."""
        value = self.filter_expression.resolve(context)
        if context.autoescape:
            if type(value) is SafeString:
                return value
            if type(value) is str:
                return html.escape(value)
        return render_value_in_context(value, context)


class Included:
    """The template that an `{% include "…" %}` names: looked for when it is first wanted."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._found: Template | None = None

    def resolve(self, context: Any) -> Template:
        """The template itself. Raises TemplateDoesNotExist."""
        if self._found is None:
            self._found = context.template.engine.get_template(self.name)
        return self._found


class Nodes(NodeList):
    """What follows one another: text that never changes, and nodes."""

    def render(self, context: Context) -> SafeString:
        """All of it. Errors are not annotated for a debugger."""
        return SafeString(
            "".join([one if isinstance(one, str) else one(context) for one in self._parts])
        )

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        """Looked for once: Django asks a frame for its blocks at each rendering."""
        found = self._found.get(nodetype)
        if found is None:
            found = self._found[nodetype] = super().get_nodes_by_type(nodetype)
        return found

    def __init__(self, nodes: NodeList) -> None:
        super().__init__(nodes)
        self.contains_nontext = nodes.contains_nontext
        self._found: dict[type[Node], list[Node]] = {}
        self._parts: list[str | Callable[[Context], str]] = [
            node.s if isinstance(node, TextNode) else node.render for node in self
        ]


class QuickParser(Parser):
    """Makes the short ones of the ordinary nodes."""

    def parse(self, parse_until: Any = None) -> Nodes:
        return Nodes(super().parse(parse_until))

    def compile_filter(self, token: str) -> Expression:
        return Expression(token, self)

    def extend_nodelist(self, nodelist: NodeList, node: Node, token: Token) -> None:
        made: Any = node
        if type(node) is VariableNode:
            made = Shown(node.filter_expression)
        elif type(node) is IncludeNode and not node.template.is_var and not node.template.filters:
            origin: Any = self.origin
            name = construct_relative_path(origin.template_name, str(node.template.var))
            made.template = Included(name)
        super().extend_nodelist(nodelist, made, token)


class QuickTemplate(Template):
    """A template made of them."""

    def compile_nodelist(self) -> NodeList:
        """As Django's, with the parser above."""
        engine = self.engine
        parser = QuickParser(
            Lexer(self.source).tokenize(),
            engine.template_libraries,
            engine.template_builtins,
            self.origin,
        )
        nodelist = parser.parse()
        self.extra_data = parser.extra_data
        return nodelist


class Loader(cached.Loader):
    """Django's, whose templates are quick unless they are debugged."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """Raises TemplateDoesNotExist."""
        template = super().get_template(template_name, skip)
        if self.engine.debug or isinstance(template, QuickTemplate):
            return template
        quick = QuickTemplate(template.source, template.origin, template.name, self.engine)
        self.get_template_cache[self.cache_key(template_name, skip)] = quick
        return quick
