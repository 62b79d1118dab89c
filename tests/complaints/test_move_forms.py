"""What a move's form asks for, and in which order."""

import pytest

from complaints.forms import FORMS
from complaints.forms.casework import AnswerForm
from complaints.forms.secrecy import BreakSealForm
from tests.complaints.conftest import Scene
from tests.complaints.play import Play


@pytest.mark.parametrize("form_class", [form for form in FORMS if "files" in form.base_fields])
def test_files_are_asked_for_after_what_is_said(scene: Scene, form_class: type) -> None:
    play = Play(scene).forward().accept()
    form = form_class(case=play.case, actor=play.actor("case_officer"))
    assert list(form.fields)[-1] == "files"


@pytest.mark.parametrize("shared", [True, False])
def test_the_reason_to_look_is_called_optional_only_where_it_is(scene: Scene, shared: bool) -> None:
    play = Play(scene, share_contact=shared).forward().accept()
    form = BreakSealForm(case=play.case, actor=play.actor("case_officer"))
    assert form.fields["reason"].required is not shared


def test_no_cause_is_chosen_beforehand(scene: Scene) -> None:
    play = Play(scene).forward().accept()
    form = AnswerForm({}, case=play.case, actor=play.actor("case_officer"))
    assert form["cause"].initial is None
    assert next(iter(form["cause"].subwidgets)).data["value"] == ""
    assert "cause" in form.errors
