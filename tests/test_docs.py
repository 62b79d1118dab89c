"""The documents lead where they say, name what is there, and leave nothing out."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("agencies/packs/**/*.md")])


def read(name: str) -> str:
    """A document's text."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    inside = [link.split("#")[0] for link in links if not re.match(r"https?:|#|mailto:", link)]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_every_document_is_listed():
    listed = set(re.findall(r"\]\(([\w./-]+)\)", read("docs/README.md")))
    there = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}
    assert there - listed == set()


def test_decisions_are_numbered_without_a_gap_and_named_as_listed():
    listed = read("docs/README.md")
    for number, path in enumerate(sorted((DOCS / "adr").glob("*.md")), start=1):
        assert path.name.startswith(f"{number:04}-")
        title = path.read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {number}. ")
        assert f"| [{number}](adr/{path.name}) | {title.removeprefix(f'# {number}. ')} |" in listed


def explained(heading: str) -> set[str]:
    """The packages in one table of docs/dependencies.md, as pip compares names."""
    section = read("docs/dependencies.md").split(f"({heading})")[1].split("\n## ")[0]
    cells = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
    names = {name.strip() for cell in cells for name in cell.split(",")}
    return {name.lower() for name in names} - {"package", "---"}


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-machine.txt", "requirements-dev.txt"]
)
def test_every_requirement_has_its_line_and_every_line_its_requirement(name):
    required = re.findall(r"^([\w.\[\]-]+)==", read(name), re.MULTILINE)
    required = {re.sub(r"\[compatible-mypy\]", "", entry).lower() for entry in required}
    assert explained(f"`{name}`") == required


def test_every_front_end_package_has_its_line():
    package = json.loads(read("package.json"))
    assert explained("`package.json`") == {*package["dependencies"], *package["devDependencies"]}


def test_every_requirement_is_held_by_the_constraints():
    held = {line.split("==")[0].lower() for line in read("constraints.txt").splitlines()}
    for path in ROOT.glob("requirements*.txt"):
        names = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==", path.read_text(), re.MULTILINE)
        missing = {name.lower().replace("_", "-") for name in names} - {
            name.replace("_", "-") for name in held
        }
        assert missing == set(), path.name


def test_the_readme_names_the_two_commands_and_the_demonstrations_password():
    readme = read("README.md")
    assert "\nmake run\n" in readme
    assert "\nmake test\n" in readme
    assert settings.DEMO_PASSWORD in readme


def test_the_picture_is_there_and_small():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", read("README.md"))
    assert pictures
    assert all((ROOT / picture).stat().st_size < 200_000 for picture in pictures)
