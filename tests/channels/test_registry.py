"""Channels are folders that do not know each other; the document names each of them."""

import ast
from pathlib import Path

import pytest

from channels.registry import CHANNELS, INBOUND

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("email", "messenger", "open311", "push", "sms", "whatsapp", "x")
DOCUMENT = (ROOT / "docs/channels.md").read_text(encoding="utf-8").lower()


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_channel_knows_no_other_channel(folder: str) -> None:
    others = tuple(f"channels.{other}" for other in (*FOLDERS, "simulator") if other != folder)
    for path in (ROOT / "channels" / folder).rglob("*.py"):
        known = {
            name for name in imported(path) if f"{name}.".startswith(tuple(f"{o}." for o in others))
        }
        assert known == set(), path


@pytest.mark.parametrize("code", sorted(CHANNELS))
def test_the_document_has_each_channel_in_its_table(code: str) -> None:
    name = {"push": "web push", "email": "e-mail"}.get(code, code)
    assert f"| {name}" in DOCUMENT or f"{name} (" in DOCUMENT, code


def test_every_way_in_belongs_to_a_channel() -> None:
    assert {way.channel for way in INBOUND.values()} <= CHANNELS.keys()
    assert {name: way.provider for name, way in INBOUND.items()} == {name: name for name in INBOUND}
