"""Filing a complaint, one thing a page. Nothing typed is lost: not to a mistake, nor to a lost session.

The answers lie in the visitor's session (`complaints.drafts`) until the complaint is sent.
"""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _
from django.views import View

from complaints import drafts
from complaints.drafts import Draft
from complaints.filing_forms import FORMS, Question
from complaints.views.filing_pages import PAGES, Page

#: Pages that hold who somebody is are on nobody's disk, and not found by "back" afterwards.
TELLING = ("whom", "you", "check")


def address_of(draft: Draft, step: str, *, to_check: bool = False) -> str:
    """Where a page of a filing is; `to_check` brings the citizen back to the last page after it."""
    url = reverse("file-step", args=[draft.token, step])
    return f"{url}?then=check" if to_check else url


def keep_private(response: HttpResponseBase, *, telling: bool = True) -> None:
    """For this visitor alone; if it tells who they are, kept by no browser at all."""
    if telling:
        add_never_cache_headers(response)
    else:
        patch_cache_control(response, private=True, no_cache=True)


def keep_out_of_browsers(form: Form) -> None:
    """What is typed into this form is offered to nobody again, and not brought back after a crash."""
    for field in form.fields.values():
        field.widget.attrs["autocomplete"] = "off"


class Start(View):
    """The first question; a filing begins when it is answered."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The same for everybody, but not to be kept: it may offer a begun complaint."""
        response = super().dispatch(request, *args, **kwargs)
        keep_private(response)
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        """The question, and the way back to a complaint that was begun."""
        return self._show(request, FORMS["about"]())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a draft, or throw one away."""
        if "discard" in request.POST:
            drafts.drop(request, request.POST["discard"])
            messages.success(request, _("What you had written is gone."))
            return redirect("file")
        form = FORMS["about"](request.POST)
        if not form.is_valid():
            return self._show(request, form, status=422)
        draft = drafts.begin(request)
        draft.answers["about"] = form.answer()
        drafts.keep(request, draft)
        return redirect(address_of(draft, draft.after("about")))

    def _show(self, request: HttpRequest, form: Question, status: int = 200) -> HttpResponse:
        begun = drafts.newest(request)
        context: dict[str, Any] = {"form": form, "action": reverse("file"), "number": 1}
        # Whoever picks the phone up later learns nothing of a complaint about an official.
        if begun is not None and not begun.sensitive and "what" in begun.answers:
            context |= {"begun": begun, "go_on": address_of(begun, begun.missing() or "check")}
        return render(request, "complaints/file_about.html", context, status=status)


class WithDraft(View):
    """A page on a draft. What is sent to a lost one begins it anew; a sent one has its receipt."""

    step = ""
    draft: Draft
    was_lost = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the draft by the token in the address."""
        token = kwargs.pop("token")
        self.step = kwargs.pop("step", self.step)
        if drafts.receipt_of(request, token) is not None:
            return redirect("file-receipt", token=token)
        found = drafts.find(request, token)
        if found is None and request.method != "POST":
            messages.warning(
                request, _("What you had written is no longer here. Please start anew.")
            )
            return redirect("file")
        self.was_lost = found is None
        self.draft = found or drafts.begin(request)
        response = super().dispatch(request, *args, **kwargs)
        keep_private(response, telling=self.draft.sensitive or self.step in TELLING)
        return response

    def frame(self) -> dict[str, Any]:
        """What every page of a filing shows: where it is, the way back."""
        steps, to_check = self.draft.steps(), self.to_check
        back = "check" if to_check else self.draft.before(self.step)
        return {
            "draft": self.draft,
            "step": self.step,
            "action": address_of(self.draft, self.step, to_check=to_check),
            "back": address_of(self.draft, back) if back else reverse("file"),
            "number": steps.index(self.step) + 1 if self.step in steps else 0,
            "of": len(steps),
            "leave_quickly": self.draft.sensitive,
        }

    @property
    def to_check(self) -> bool:
        """The citizen came from the last page to change one answer."""
        return self.request.GET.get("then") == "check"


class Step(WithDraft):
    """One question of a filing."""

    @property
    def page(self) -> Page:
        """What is particular about this page."""
        return PAGES[self.step](self.request, self.draft)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 for a page that there is not."""
        if kwargs["step"] not in PAGES:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The question, with what was answered before."""
        if self.step not in self.draft.steps():
            return redirect(address_of(self.draft, self.draft.missing() or "check"))
        return self._show(self.page, self.page.unbound())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the answer and go on, or show what is wrong with it."""
        page = self.page
        form = page.bound()
        if page.only_looks():
            return self._show(page, form)
        accepted = page.accepts(form)
        if accepted:
            page.keep(form)
        # Also when refused: files that were good are kept beside the one that was not.
        drafts.keep(request, self.draft)
        return redirect(self._next(page)) if accepted else self._show(page, form, status=422)

    def _next(self, page: Page) -> str:
        missing = self.draft.missing()
        if page.stays():
            return address_of(self.draft, self.step, to_check=self.to_check)
        if self.was_lost:
            messages.warning(
                self.request,
                _("Too much time went by: your earlier answers are gone, the last one is kept."),
            )
            return address_of(self.draft, missing or "check")
        if self.to_check:
            return address_of(self.draft, missing or "check")
        return address_of(self.draft, self.draft.after(self.step))

    def _show(self, page: Page, form: Question, status: int = 200) -> HttpResponse:
        if self.draft.sensitive:
            keep_out_of_browsers(form)
        context = {**self.frame(), "form": form, **page.context(form)}
        return render(self.request, page.template, context, status=status)
