"""Catalogues of translations, with Babel alone (gettext's programs may be missing).

`python -m grs.translations update` takes new words from the sources into locale/*/; `check` says
what is missing, doubtful, broken or no longer used; `compile` writes the .mo files, which are not
committed. Words of Django, REST framework and allauth that people meet are taken in as well, as
theirs are incomplete in Bangla (REST framework has none) and uneven in Indonesian: ours go before
them.
"""

import importlib.util
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
SOURCES = (
    *("accounts", "agencies", "routing", "record", "complaints"),
    *("channels", "console", "fairplay", "oversight", "systems", "grs"),
)
LANGUAGES = ("bn", "id")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
SINGLE, DOUBLE = r"u?'(?:\\.|[^'\\])*'", r'u?"(?:\\.|[^"\\])*"'
CALLS = re.compile(rf"\b(?:n?p?gettext|_)\((?:[^()'\"]|{SINGLE}|{DOUBLE})*\)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
#: Where packages say what people read: rules of fields, refusals of the API, signing in, its mail.
BORROWED = {
    "django": (
        "forms/fields.py", "forms/models.py", "forms/utils.py", "core/validators.py",
        "contrib/auth/password_validation.py", "template/defaultfilters.py", "utils/text.py",
    ),
    "rest_framework": (
        "exceptions.py", "fields.py", "pagination.py", "serializers.py", "validators.py",
    ),
    "allauth": (
        "account/adapter.py", "account/fields.py", "account/forms.py", "account/internal/**/*.py",
        "account/views.py", "core/**/*.py", "mfa/adapter.py", "mfa/base/**/*.py",
        "mfa/totp/**/*.py", "mfa/recovery_codes/**/*.py", "mfa/models.py",
        "templates/account/**/*.*", "templates/mfa/**/*.*",
    ),
}  # fmt: skip
#: Ways of signing in that are not on.
NOT_BORROWED = re.compile(
    r"/tests?/|webauthn|passkey|phone|(login|reset|verification|confirm)_code|/trust\."
)
Found = tuple[str, int, str | tuple[str, ...], list[str], str | None]


def catalogue_path(language: str) -> Path:
    """Where a language's words lie."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def source_files() -> Iterator[Path]:
    """Python files of the rooms, and templates of the portal and the rooms."""
    for room in SOURCES:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts and path != Path(__file__).resolve():
                yield path
    for folder in ("templates", *SOURCES):
        for suffix in ("html", "txt"):
            for path in sorted((ROOT / folder).rglob(f"*.{suffix}")):
                if folder == "templates" or "templates" in path.parts:
                    yield path


def words_of(path: Path, top: Path = ROOT) -> Iterator[Found]:
    """The words to translate in one file."""
    name = path.relative_to(top).as_posix()
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = as_python(text, name)
    found = extract(
        "python", io.BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}
    )
    for line, message, comments, context in found:
        yield name, line, message, comments, context


def as_python(template: str, name: str) -> str:
    """A template's words as Python calls on the same lines, the rest blank."""
    lines = templatize(template, origin=name).splitlines()
    return "\n".join("; ".join(CALLS.findall(line)) for line in lines) + "\n"


def from_sources() -> Catalog:
    """All words of the sources, and those borrowed from packages, with the files that hold them."""
    catalogue = Catalog(charset="utf-8")
    for path in source_files():
        _add(catalogue, words_of(path, ROOT))
    for package, patterns in BORROWED.items():
        _borrow(catalogue, package, patterns)
    return catalogue


def _add(catalogue: Catalog, words: Iterable[Found]) -> None:
    for name, _line, message, comments, context in words:
        # Without line numbers: those would change with each edit.
        catalogue.add(message, None, [(name, 0)], auto_comments=comments, context=context)


def _borrow(catalogue: Catalog, package: str, patterns: Iterable[str]) -> None:
    spec = importlib.util.find_spec(package)
    if not spec or not spec.origin:
        return
    top = Path(spec.origin).parent
    for path in sorted({path for pattern in patterns for path in top.glob(pattern)}):
        name = path.relative_to(top).as_posix()
        ours = ROOT / name  # a template of the portal that stands before the package's
        if not path.is_file() or NOT_BORROWED.search(name) or ours.exists():
            continue
        for found in words_of(path, top.parent):
            message = found[2] if isinstance(found[2], str) else found[2][0]
            if re.search("[A-Za-z]{2}", message):  # not ":" and the like
                _add(catalogue, [found])


def load(language: str) -> Catalog:
    """A language's catalogue, an empty one if there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Take new words into each catalogue and put away those no longer used."""
    template = from_sources()
    for language in LANGUAGES:
        catalogue = load(language)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.fuzzy = False
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(
                file, catalogue, width=100, sort_output=True, include_lineno=False,
                ignore_obsolete=True, omit_header=False,
            )  # fmt: skip
        missing = sum(1 for message in catalogue if message.id and not translated(message))
        print(f"{language}: {len(catalogue)} entries, {missing} to translate")


def translated(message: Message) -> bool:
    """Whether each form has words and nobody doubts them."""
    forms = _forms(message.string)
    return not message.fuzzy and bool(forms) and all(forms)


def same_placeholders(message: Message) -> bool:
    """Whether the translation names the same values; a plural form may leave one out."""
    known = {name for form in _forms(message.id) for name in PLACEHOLDER.findall(form)}
    used = [set(PLACEHOLDER.findall(form)) for form in _forms(message.string)]
    if isinstance(message.id, str):
        return used == [known]
    return all(known >= names for names in used)


def _forms(words: object) -> list[str]:
    if isinstance(words, list | tuple):
        return [str(form) for form in words]
    return [str(words or "")]


def problems() -> Iterator[str]:
    """What is wrong with the catalogues, one sentence each."""
    template = from_sources()
    wanted = {(message.context, _key(message)) for message in template if message.id}
    for language in LANGUAGES:
        catalogue = load(language)
        known = {(message.context, _key(message)): message for message in catalogue if message.id}
        for context, key in sorted(wanted - known.keys(), key=str):
            yield f"{language}: not in the catalogue: {context or ''} {key!r}"
        for context, key in sorted(known.keys() - wanted, key=str):
            yield f"{language}: no longer used: {context or ''} {key!r}"
        for message in known.values():
            if not translated(message):
                yield f"{language}: not translated or fuzzy: {_key(message)!r}"
            if translated(message) and not same_placeholders(message):
                yield f"{language}: placeholders differ: {_key(message)!r}"


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, list | tuple) else message.id


def check() -> int:
    """Print the problems; 1 if there is one."""
    found = list(problems())
    for sentence in found[:40]:
        print(sentence)
    if found:
        print(f"{len(found)} problems; `make messages` takes new words into the catalogues.")
    return 1 if found else 0


def compile_all() -> None:
    """Write each .mo that is older than its .po."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.parts[-3])
        with target.open("wb") as file:
            write_mo(file, catalogue)


def main() -> int:
    """update, check or compile."""
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb == "update":
        update()
    elif verb == "check":
        return check()
    elif verb == "compile":
        compile_all()
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
