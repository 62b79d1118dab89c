"""What each move needs, as forms: the pages and the API check the same things in the same words.

A form knows its service; `perform` calls it. Which moves a person is offered is decided by the table
(`selectors.moves_open_to`), never here.
"""

from collections.abc import Sequence

from complaints.forms import (
    appealing,
    casework,
    citizens,
    hearings,
    investigating,
    respondents,
    restricting,
    secrecy,
)
from complaints.forms.fields import MoveForm

__all__ = ["FORMS", "MOVE_FORMS", "MoveForm"]

FORMS: Sequence[type[MoveForm]] = (
    casework.AskForm,
    citizens.ReplyForm,
    casework.ForwardForm,
    casework.DeclineForm,
    casework.MergeForm,
    citizens.SeparateForm,
    casework.AcceptForm,
    casework.ReturnForm,
    casework.RuleForm,
    casework.PassDownForm,
    casework.AssignForm,
    casework.AnswerForm,
    citizens.ConfirmForm,
    citizens.DisputeForm,
    appealing.AppealForm,
    appealing.UpholdForm,
    appealing.DismissForm,
    hearings.SetHearingForm,
    hearings.MoveHearingForm,
    hearings.CallOffHearingForm,
    hearings.HoldHearingForm,
    hearings.TestifyForm,
    investigating.InvestigateForm,
    investigating.ReportForm,
    investigating.EndInvestigationForm,
    investigating.GuideForm,
    investigating.RecommendForm,
    investigating.FollowForm,
    citizens.WithdrawForm,
    citizens.CallBackForm,
    citizens.SayPressuredForm,
    citizens.NotePressureForm,
    citizens.WritePrivatelyForm,
    appealing.ReopenForm,
    casework.MessageForm,
    casework.NoteForm,
    casework.PublishForm,
    casework.UnpublishForm,
    secrecy.MarkSensitiveForm,
    secrecy.ClearSensitiveForm,
    respondents.LinkRespondentForm,
    respondents.UnlinkRespondentForm,
    respondents.ServeForm,
    secrecy.BreakSealForm,
    restricting.RestrictForm,
    restricting.AppealRestrictionForm,
    restricting.DecideRestrictionForm,
    restricting.LiftRestrictionForm,
    restricting.PutBackForm,
)
#: Every move that a person makes on a case that exists.
MOVE_FORMS: dict[str, type[MoveForm]] = {form.move: form for form in FORMS}
