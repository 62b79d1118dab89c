"""Django's tags for translations; only that a sentence which is always the same is looked up once for
each language, since a page holds a hundred of them.

Stands in for Django's library of this name (see TEMPLATES in the settings).
"""

from django.template import Context, Library, Node
from django.template.base import FilterExpression, Parser, Token, Variable
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Sentence(Node):
    """A sentence in the reader's language. Translations do not change while a process runs."""

    child_nodelists = ()

    def __init__(self, sentence: i18n.TranslateNode, name: str | None) -> None:
        self.sentence, self.name = sentence, name
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """The sentence, or nothing where it is kept under a name."""
        language = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = self.sentence.render(context)
        if self.name is None:
            return said
        context[self.name] = said
        return ""


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """`{% translate "…" %}`, with all that Django's own can do."""
    node = i18n.do_translate(parser, token)
    parts = [node.filter_expression, node.message_context]
    if not all(part is None or _is_constant(part) for part in parts):
        return node
    name, node.asvar = node.asvar, None
    return Sentence(node, name)


def _is_constant(part: FilterExpression) -> bool:
    if part.filters:
        return False
    return not isinstance(part.var, Variable) or part.var.literal is not None
