"""Files that an archive brings with its cases: each checked by its hash and as an upload is, and kept.

They are kept loose before their batch is written, and taken into their cases with it: if the import is
killed between, they are erased with whatever else nobody used, and the next run brings them again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from complaints import filetypes
from complaints.services import files
from complaints.services.importing import PastFile
from systems.past.archive import Archive, Gone
from systems.past.doubts import Doubt
from systems.past.writing import Outcome, Result

#: Bytes of a file that are read. A photo that was written anew may be larger than its upload was: four
#: bytes for each of its pixels is the most.
MOST_BYTES = 4 * filetypes.LONGEST_SIDE**2 + (1 << 20)
COLUMN = "files"


class Contents:
    """Of one archive. `dry`: they are only checked."""

    def __init__(self, archive: Archive, *, dry: bool) -> None:
        self.archive, self.dry = archive, dry
        #: Files that came along, or would.
        self.count = 0

    def brought(self, outcomes: Iterable[Outcome]) -> list[Outcome]:
        """The outcomes, those of which cases are made with their files; what is wrong is a doubt."""
        return [self._with_files(one) if one.result == Result.MADE else one for one in outcomes]

    def _with_files(self, outcome: Outcome) -> Outcome:
        judged, past = outcome.judged, outcome.judged.past
        if past is None or not any((past.filed_files, *(step.files for step in past.steps))):
            return outcome
        doubts = dict.fromkeys(judged.doubts)
        filed = self._kept(past.filed_files, doubts)
        steps = tuple(
            replace(step, files=self._kept(step.files, doubts)) if step.files else step
            for step in past.steps
        )
        whole = replace(past, filed_files=filed, steps=steps)
        return replace(outcome, judged=replace(judged, past=whole, doubts=tuple(doubts)))

    def _kept(self, named: Sequence[PastFile], doubts: dict[Doubt, None]) -> tuple[PastFile, ...]:
        there = list[PastFile]()
        for file in named:
            try:
                there.append(self._keep(file, doubts))
            except Gone as gone:
                doubts[Doubt(f"file_{gone.why}", COLUMN)] = None
            except filetypes.NotKept:
                doubts[Doubt("file_refused", COLUMN)] = None
        return tuple(there)

    def _keep(self, file: PastFile, doubts: dict[Doubt, None]) -> PastFile:
        """The file with its key here. Raises Gone, filetypes.NotKept."""
        content = self.archive.content(file.sha256, MOST_BYTES)
        if len(content) > MOST_BYTES:
            raise filetypes.NotKept("large")
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise Gone("damaged")
        kept = files.kept_again(content)
        if kept.content != content:
            doubts[Doubt("file_written_anew", COLUMN)] = None
        self.count += 1
        return file if self.dry else replace(file, key=str(files.keep(kept, file.name).key))
