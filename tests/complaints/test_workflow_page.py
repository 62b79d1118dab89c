"""docs/workflow.md is drawn from the table, and stays true to it."""

from pathlib import Path

from django.conf import settings

from complaints.workflow import MOVES
from complaints.workflow_page import page


def test_the_page_in_the_documents_is_the_tables() -> None:
    kept = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text("utf-8")
    assert kept == page(), "run manage.py workflow_page"


def test_every_move_is_on_the_page() -> None:
    drawn = page()
    assert [name for name in MOVES if f"| {name} |" not in drawn] == []
