"""What a run did, or would do: counts by code first, then row by row in a file."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from django.utils import timezone

from complaints.services.importing import PastCase
from systems.models import Doubt as DoubtRow
from systems.models import Import
from systems.past.columns import guarded
from systems.past.doubts import SENTENCES, Doubt
from systems.past.words import Words
from systems.past.writing import Outcome, Result

HEADING = ("row", "external_id", "result", "code", "column", "what", "rows")
#: Rows that the console names of each code.
EXAMPLES = 5
REFUSED, DOUBTFUL, WORD = "refused", "doubtful", "word"


@dataclass
class Tally:
    """Counted as the rows go by: what became of them, what was doubtful, what the cases would be."""

    results: Counter[Result] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    offices: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=dict)
    words: Words = field(default_factory=Words)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Count a batch."""
        for one in outcomes:
            self.results[one.result] += 1
            for doubt in dict.fromkeys(doubt.code for doubt in one.doubts):
                self._doubt(doubt, one.judged.row)
            for about in one.doubts:
                self.words.add(about, one.judged.row)
            if one.result == Result.MADE and one.judged.past is not None:
                self._case(one.judged.past)

    def _doubt(self, code: str, row: int) -> None:
        self.codes[code] += 1
        named = self.examples.setdefault(code, [])
        if len(named) < EXAMPLES:
            named.append(row)

    def _case(self, past: PastCase) -> None:
        self.statuses[past.status.value] += 1
        self.years[timezone.localdate(past.filed_at).year] += 1
        self.offices[past.holder.code if past.holder else "(none)"] += 1

    def lines(self, *, dry: bool) -> Iterator[str]:
        """The summary for a console."""
        made, known, refused = (self.results[result] for result in Result)
        word = "would be made" if dry else "made"
        yield f"{made:,} cases {word}; {known:,} known already; {refused:,} rows refused."
        if made:
            yield f"  by status: {_listed(self.statuses.most_common())}"
            yield f"  by year filed: {_listed(sorted(self.years.items()))}"
            yield f"  by agency: {_listed(self.offices.most_common(10))}"
        for title, is_refusal in (("Refused", True), ("Doubtful", False)):
            found = [
                (c, n) for c, n in self.codes.most_common() if Doubt(c).is_refusal == is_refusal
            ]
            if found:
                yield f"{title}:"
            for code, number in found:
                rows = ", ".join(f"{row:,}" for row in self.examples[code])
                more = " …" if number > EXAMPLES else ""
                yield f"  {number:>9,}  {code}: {SENTENCES[code]} (rows {rows}{more})"
        yield from self.words.lines()


def _listed(counts: Iterable[tuple[object, int]]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts)


class RowReport:
    """A CSV file with a line for each row of a dry run, and one for each doubt."""

    def __init__(self, file: TextIO) -> None:
        self._out = csv.writer(file)
        self._out.writerow(HEADING)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """The lines of a batch."""
        for one in outcomes:
            row, external_id = one.judged.row, guarded(one.judged.external_id)
            if one.result != Result.REFUSED:
                past = one.judged.past
                what = would_be(past) if past is not None else "It was brought in before."
                self._out.writerow((row, external_id, one.result, "", "", what, ""))
            for doubt in one.doubts:
                self._out.writerow((row, external_id, *_told(doubt)))


def write_words(words: Words, file: TextIO) -> None:
    """Behind those lines one for each word to be looked at: its first row, and in how many it stands."""
    out = csv.writer(file)
    for one in words.all():
        out.writerow((one.first, "", WORD, one.code, one.column, guarded(one.word), one.rows))


def write_doubts(of: Import, file: TextIO) -> None:
    """The same of an import, of all its runs: the rows that were refused, or are doubtful."""
    out = csv.writer(file)
    out.writerow(HEADING)
    for doubt in DoubtRow.objects.filter(of=of).order_by("row", "id").iterator():
        told = _told(Doubt(doubt.code, doubt.column))
        out.writerow((doubt.row, guarded(doubt.external_id), *told))


def _told(doubt: Doubt) -> tuple[str, ...]:
    result = REFUSED if doubt.is_refusal else DOUBTFUL
    return result, doubt.code, doubt.column, doubt.sentence, ""


def would_be(past: PastCase) -> str:
    """What would be made of a row, in codes: none of the citizen's words. Its day is the capital's."""
    stands = "/".join(filter(None, (past.status, past.ending, past.outcome)))
    holder = past.holder.code if past.holder else "no office"
    marks = [
        word
        for word, is_so in (("sensitive", past.sensitive), ("public", past.public_text))
        if is_so
    ]
    parts = (past.kind, stands, holder, f"filed {timezone.localdate(past.filed_at)}", *marks)
    return f"{', '.join(parts)}; {len(past.steps)} steps"
