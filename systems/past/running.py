"""An import from its beginning, or from where it stopped, to its end; or tried out, changing nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from time import monotonic

from django.conf import settings
from django.db import connection, reset_queries
from django.utils import timezone

from agencies import snapshot
from complaints import moment
from systems.models import Import
from systems.past import columns
from systems.past.cells import Cells
from systems.past.contents import Contents
from systems.past.finding import Finder
from systems.past.judging import Judge, Judged, Kept, fingerprint
from systems.past.mapping import Meanings
from systems.past.reading import (
    JSON_LINES,
    Row,
    Source,
    Unreadable,
    archived_rows,
    open_archive,
)
from systems.past.repeats import Repeats
from systems.past.writing import Outcome, known_of, outcome_of, refused_rows, write

#: Rows of one transaction.
BATCH = 500
#: Any number that nothing else in this database locks, beside the name of the import.
LOCK = 20_260_006
#: Columns that a file in our own format has to have.
NEEDED = ("external_id", "status", "text", "filed_at")


class Busy(Exception):
    """Another process is bringing in cases under the same name."""


class IsDone(Exception):
    """The file was brought in before, whole."""

    def __init__(self, done: Import) -> None:
        super().__init__(done.source)
        self.done = done


@dataclass
class Progress:
    """How far a run has come. `skipped` are the rows of runs before it; seconds are of this one."""

    rows: int = 0
    skipped: int = 0
    begun: float = field(default_factory=monotonic)

    @property
    def a_second(self) -> float:
        """Rows a second until now."""
        seconds = monotonic() - self.begun
        return self.rows / seconds if seconds else 0.0


class Run:
    """One run over a file. Iterate over `batches` to have it done."""

    def __init__(
        self, source: Source, by: Meanings, mapping_hash: str, *, dry: bool = False, limit: int = 0
    ) -> None:
        self.source, self.by, self.mapping_hash = source, by, mapping_hash
        self.dry, self.limit = dry, limit
        self.progress = Progress()
        #: The import's row, which a dry run has none of.
        self.of: Import | None = None
        #: The files that come along, of an archive.
        self.files: Contents | None = None

    def batches(self) -> Iterator[Sequence[Outcome]]:
        """What becomes of the rows, batch by batch; each is written when it is given.

        Raises Busy, IsDone, reading.Unreadable.
        """
        with ExitStack() as held:
            held.enter_context(_alone(self.by.source))
            repeats = held.enter_context(closing(Repeats()))
            rows = self._opened(held)
            if not self.dry:
                self.of = self._begin()
            finder, now, with_files = Finder(), moment.now(), self.files is not None
            judge = Judge(self.by, finder, now, kept_for(), with_files=with_files)
            self._pass_over(rows, judge, repeats)
            self.progress.begun = monotonic()
            yield from self._go_on(rows, judge, repeats)

    def _opened(self, held: ExitStack) -> Iterator[Row]:
        """The rows; an archive stays open for its files. Raises reading.Unreadable."""
        if self.source.kind != "zip":
            return self.source.rows()
        archive = held.enter_context(closing(open_archive(self.source.path)))
        self.files = Contents(archive, dry=self.dry)
        return archived_rows(archive, self.source.path.name)

    def _begin(self) -> Import:
        """The import as it was left, or a new one."""
        of, _made = Import.objects.get_or_create(
            source=self.by.source,
            file_hash=self.source.sha256,
            mapping_hash=self.mapping_hash,
            defaults={"file_name": self.source.path.name[:200]},
        )
        if of.ended_at is not None:
            raise IsDone(of)
        self.progress.skipped = of.rows
        return of

    def _pass_over(self, rows: Iterator[Row], judge: Judge, repeats: Repeats) -> None:
        """Rows that an earlier run wrote: only their ids are looked at, none of those it refused."""
        if self.of is None or not self.progress.skipped:
            return
        refused = refused_rows(self.of)
        next_refused = next(refused, None)
        for row in islice(rows, self.progress.skipped):
            if row.number == next_refused:
                next_refused = next(refused, None)
                continue
            ready = self._ready(row)
            external_id = Cells(ready, self.by, judge.now).word("external_id")
            repeats.seen(external_id, fingerprint(ready.cells))

    def _go_on(
        self, rows: Iterator[Row], judge: Judge, repeats: Repeats
    ) -> Iterator[Sequence[Outcome]]:
        wanted = islice(rows, self.limit) if self.limit else rows
        first = next(wanted, None)
        if first is not None:
            self._check(first)
            wanted = chain([first], wanted)
        while batch := list(islice(wanted, BATCH)):
            outcomes = self._outcomes([judge.judge(self._ready(row)) for row in batch], repeats)
            if self.files is not None:
                outcomes = self.files.brought(outcomes)
            if self.of is not None:
                outcomes = self._written(self.of, outcomes, repeats)
            self.progress.rows += len(batch)
            # With DEBUG every statement would be kept.
            reset_queries()
            yield outcomes
        if self.of is not None and not (self.limit and self.progress.rows >= self.limit):
            Import.objects.filter(pk=self.of.pk).update(ended_at=timezone.now())

    def _check(self, row: Row) -> None:
        """Raises Unreadable where the file lacks a column. In JSON Lines any may be left out."""
        if self.source.kind in JSON_LINES:
            return
        needed = NEEDED if self.by.is_ours else self.by.columns
        for name in needed:
            for theirs in self.by.columns[name]:
                if theirs not in row.cells:
                    raise Unreadable(f"{self.source.path.name} has no column {theirs!r} ({name}).")

    def _outcomes(self, judged: Sequence[Judged], repeats: Repeats) -> list[Outcome]:
        known = known_of(self.by.source, judged)
        return [
            # A row that is refused takes nobody's id.
            outcome_of(row, known, repeats.seen(row.external_id, row.fingerprint))
            if row.past is not None
            else outcome_of(row, known, None)
            for row in judged
        ]

    def _written(self, of: Import, outcomes: list[Outcome], repeats: Repeats) -> list[Outcome]:
        """What became of the rows; the database may have refused one of them."""
        written = write(of, outcomes)
        for before, after in zip(outcomes, written, strict=True):
            if after is not before:
                repeats.forget(after.judged.external_id)
        return written

    def _ready(self, row: Row) -> Row:
        """A row of our own format: cells that were too long put together, signs against formulas gone."""
        if not self.by.is_ours or self.source.kind in JSON_LINES:
            return row
        cells = {name: str(cell) for name, cell in row.cells.items()}
        plain = columns.unspelled if self.source.kind == "xlsx" else columns.unguarded
        cells = {name: plain(cell) for name, cell in cells.items()}
        return replace(row, cells=columns.joined(cells))


def kept_for() -> Kept:
    """For how long people and words are kept, by the numbers in force."""
    registry, now = snapshot.current(settings.COUNTRY), moment.now()
    days = (
        registry.policy(name, now).amount
        for name in ("contact_kept", "words_kept", "sensitive_words_kept")
    )
    return Kept(*days)


def mapping_hash(words: bytes) -> str:
    """SHA-256 of a mapping, in hex."""
    return hashlib.sha256(words).hexdigest()


@contextmanager
def _alone(source: str) -> Iterator[None]:
    """Nobody else brings in cases under this name meanwhile; let go when the connection ends, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK, source])
        if not cursor.fetchone()[0]:
            raise Busy(source)
    try:
        yield
    finally:
        # A connection that was lost has let go already.
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK, source])
