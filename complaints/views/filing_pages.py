"""What is particular about each page of a filing: its form, its buttons, what it shows beside them."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts.actors import Actor
from agencies.models import Office, Place
from agencies.selectors import office_by_code
from complaints.drafts import Draft
from complaints.errors import Invalid, TooMany
from complaints.filing_forms import FORMS, Question
from complaints.proofs import client_address
from complaints.selectors.finding import Found, described_places, offices_found, places_found
from complaints.services import files
from complaints.views.finding import level_of


class Page:
    """A page with one form and one button. `request` is the visitor's, `draft` theirs too."""

    step: ClassVar[str]

    def __init__(self, request: HttpRequest, draft: Draft) -> None:
        self.request, self.draft = request, draft

    @property
    def template(self) -> str:
        return f"complaints/file_{self.step}.html"

    @property
    def data(self) -> QueryDict:
        return self.request.POST

    def options(self) -> dict[str, Any]:
        """What the form is made with."""
        return {}

    def unbound(self) -> Question:
        """The form with what was answered before."""
        return FORMS[self.step](initial=self.draft.answer(self.step), **self.options())

    def bound(self) -> Question:
        """The form with what was sent."""
        return FORMS[self.step](self.data, self.request.FILES, **self.options())

    def only_looks(self) -> bool:
        """A button was pressed that shows more on this page and answers nothing."""
        return False

    def accepts(self, form: Question) -> bool:
        """Whether the answer can be kept; else the form says what is wrong."""
        return form.is_valid()

    def keep(self, form: Question) -> None:
        """Put the answer into the draft."""
        self.draft.answers[self.step] = form.answer()

    def stays(self) -> bool:
        """Whether the citizen stays on this page after a kept answer."""
        return False

    def context(self, form: Question) -> dict[str, Any]:
        """What the page shows beside its form."""
        return {}


class AboutPage(Page):
    step = "about"


class WhatPage(Page):
    step = "what"


class YouPage(Page):
    step = "you"

    def options(self) -> dict[str, Any]:
        return {"sensitive": self.draft.sensitive}


class WhomPage(Page):
    """The office is searched for by name; without a script by a button."""

    step = "whom"

    def only_looks(self) -> bool:
        return "find" in self.data

    def bound(self) -> Question:
        form = super().bound()
        if self.only_looks():
            form = FORMS[self.step](initial=self.data.dict())
        return form

    def context(self, form: Question) -> dict[str, Any]:
        words = str(form["q"].value() or "")
        chosen = str(form["office"].value() or "")
        found = offices_found(words) if words.strip("\0 ") else []
        office = office_by_code(settings.COUNTRY, chosen.replace("\0", "")) if chosen else None
        searches_while_typing(form, f"{reverse('offices-search')}?as=choices")
        return {
            "found": _with_chosen(found, _found_office(office)),
            "words": words,
            "name": "office",
            "chosen": chosen,
        }


def searches_while_typing(form: Question, url: str) -> None:
    """With a script, the search field shows what is found below it while somebody types."""
    form.fields["q"].widget.attrs |= {
        "hx-get": url,
        "hx-trigger": "input changed delay:350ms",
        "hx-target": "#choices",
        "hx-sync": "this:replace",
        "autocomplete": "off",
    }


def _found_office(office: Office | None) -> Found | None:
    return Found(office.code, office.name) if office else None


class PlacePage(Page):
    """A place is searched for by name, or (`?lists=1`) chosen from lists, level by level."""

    step = "place"

    @property
    def by_lists(self) -> bool:
        return "lists" in self.request.GET

    def _unknown(self) -> bool:
        return "unknown" in self.data

    def only_looks(self) -> bool:
        return bool({"find", "below"} & set(self.data))

    def unbound(self) -> Question:
        return FORMS[self.step](initial=self.draft.answer(self.step))

    def bound(self) -> Question:
        data = self.data.copy()
        if self.by_lists:
            line = self._line(data.getlist("under"))
            data["place"] = line[-1] if line else ""
        if self.only_looks():
            return FORMS[self.step](initial=data.dict())
        return FORMS[self.step](data)

    def accepts(self, form: Question) -> bool:
        valid = form.is_valid()
        return valid or (self._unknown() and "note" not in form.errors)

    def keep(self, form: Question) -> None:
        answer = {"place": "", "note": form.cleaned_data.get("note", "")}
        self.draft.answers[self.step] = answer if self._unknown() else form.answer()

    def _line(self, codes: list[str]) -> list[str]:
        """The lists' choices from the top down, up to the first that does not lie in the one above."""
        given = [code.replace("\0", "") for code in codes if code][:8]
        rows = Place.objects.filter(country=settings.COUNTRY, code__in=given)
        parents = dict(rows.values_list("code", "parent__code"))
        line: list[str] = []
        for code in given:
            if code not in parents or parents[code] != (line[-1] if line else None):
                break
            line.append(code)
        return line

    def context(self, form: Question) -> dict[str, Any]:
        here = reverse("file-step", args=[self.draft.token, self.step])
        to_check = "then=check" if self.request.GET.get("then") == "check" else ""
        switch = "&".join(filter(None, ["" if self.by_lists else "lists=1", to_check]))
        context = {"by_lists": self.by_lists, "switch": f"{here}?{switch}"}
        chosen = str(form["place"].value() or "").replace("\0", "")
        place = Place.objects.filter(country=settings.COUNTRY, code=chosen).first()
        if self.by_lists:
            return context | {"levels": self._levels(place), "action": self.request.get_full_path()}
        words = str(form["q"].value() or "")
        searches_while_typing(form, reverse("places-search"))
        found = places_found(words) if words.strip("\0 ") else []
        return context | {
            "found": _with_chosen(found, described_places([place])[0] if place else None),
            "words": words,
            "name": "place",
            "chosen": chosen,
        }

    def _levels(self, place: Place | None) -> list[dict[str, Any]]:
        """One list for each level down to the chosen place, and one for those below it."""
        line = place.ancestor_codes if place else []
        levels = [
            level_of(under, chosen) for under, chosen in zip(["", *line], [*line, ""], strict=True)
        ]
        return [level for level in levels if level["places"]]


def _with_chosen(found: list[Found], chosen: Found | None) -> list[Found]:
    """What was found, with what is chosen first if it is not among them."""
    if chosen is None or chosen.code in {row.code for row in found}:
        return found
    return [chosen, *found]


class FilesPage(Page):
    """Several at once; each is checked by itself, and the good ones are kept."""

    step = "files"

    def accepts(self, form: Question) -> bool:
        if not form.is_valid():
            return False
        for upload in form.cleaned_data["files"]:
            self._store(form, upload)
        return form.is_valid()

    def _store(self, form: Question, upload: Any) -> None:
        # Whose file it is says the case, if anything does.
        actor = Actor(kind="citizen")
        try:
            files.check_number([*self.draft.files, upload])
            stored = files.store(actor=actor, upload=upload, address=client_address(self.request))
        except (Invalid, TooMany) as refusal:
            for sentence in refusal.fields.get("files", [refusal.sentence]):
                form.add_error("files", sentence)
            return
        self.draft.files.append({"key": str(stored.key), "name": stored.name, "size": stored.size})

    def keep(self, form: Question) -> None:
        gone = self.data.get("remove", "")
        self.draft.files = [stored for stored in self.draft.files if stored["key"] != gone]
        self.draft.answers[self.step] = {}

    def stays(self) -> bool:
        return bool({"remove", "add"} & set(self.data))

    def context(self, form: Question) -> dict[str, Any]:
        size = settings.FILES_MAX_BYTES // (1024 * 1024)
        return {"largest": size, "most_files": settings.FILES_A_MOVE}


PAGES: dict[str, type[Page]] = {
    page.step: page for page in (AboutPage, WhomPage, WhatPage, PlacePage, YouPage, FilesPage)
}
