"""Proving the log: numbers without gaps, every subtree, every head's root, signature and place."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

from record import chain, merkle, signing
from record.documents import head_body
from record.models import Entry, Node, SigningKey, TreeHead
from record.selectors import KEPT_LEVEL, position

BATCH = 5000
#: Given ids of events, those of them that there are.
Known = Callable[[Collection[int]], Collection[int]]


@dataclass(frozen=True, slots=True)
class LogFault:
    """What is wrong with the log: at which entry (`log_seq`, 0: none) or of which day (ISO date).

    `code` is one of log_gap, log_event, log_node, log_cut, head_root, head_link, head_proof,
    head_signature, head_stranger, head_day, head_key.
    """

    log_seq: int
    code: str
    day: str = ""


class LogVerification:
    """Grows the tree anew from all entries, in batches; memory stays the same. `entries` counts."""

    def __init__(self, known_events: Known) -> None:
        self.known_events = known_events
        self.edge = merkle.Frontier(0, [])
        self.heads = list(TreeHead.objects.order_by("day").select_related("key"))
        self.before: TreeHead | None = None
        self.nodes = 0

    @property
    def entries(self) -> int:
        """How many entries were seen."""
        return self.edge.size

    def faults(self) -> Iterator[LogFault]:
        """Every fault; after a gap in the numbers nothing more can be said about the tree."""
        yield from self._keys()
        yield from self._heads_here()
        last = 0
        while rows := list(Entry.objects.filter(log_seq__gt=last).order_by("log_seq")[:BATCH]):
            known = self.known_events([row.event_id for row in rows])
            grown: dict[int, tuple[int, bytes]] = {}
            for row in rows:
                if row.log_seq != last + 1:
                    yield LogFault(last + 1, "log_gap")
                    return
                last = row.log_seq
                if row.event_id not in known:
                    yield LogFault(last, "log_event")
                for node, value in self.edge.append(bytes(row.leaf_hash)):
                    if node[0] >= KEPT_LEVEL:
                        grown[position(node)] = (last, value)
                yield from self._heads_here()
            yield from self._nodes(grown)
        if self.heads:
            yield LogFault(last, "log_cut", self.heads[0].day.isoformat())
        if Node.objects.count() != self.nodes:
            yield LogFault(last, "log_node")

    def _keys(self) -> Iterator[LogFault]:
        for key in SigningKey.objects.all():
            if signing.key_id(bytes(key.public)) != key.pk:
                yield LogFault(0, "head_key")

    def _nodes(self, grown: dict[int, tuple[int, bytes]]) -> Iterator[LogFault]:
        self.nodes += len(grown)
        rows = Node.objects.filter(position__in=list(grown)).values_list("position", "hash")
        kept = {place: bytes(value) for place, value in rows}
        for place, (seq, value) in grown.items():
            if kept.get(place) != value:
                yield LogFault(seq, "log_node")

    def _heads_here(self) -> Iterator[LogFault]:
        """The heads of the size that the tree has now."""
        while self.heads and self.heads[0].size <= self.edge.size:
            head = self.heads.pop(0)
            yield from (LogFault(0, code, head.day.isoformat()) for code in self._wrong_with(head))
            self.before = head

    def _wrong_with(self, head: TreeHead) -> Iterator[str]:
        before, root = self.before, self.edge.root()
        size_before = before.size if before else 0
        root_before = bytes(before.root) if before else merkle.EMPTY_ROOT
        if before and head.day != before.day + timedelta(days=1):
            yield "head_day"
        if (head.size, bytes(head.root)) != (self.edge.size, root):
            yield "head_root"
        if (head.previous_size, bytes(head.previous_root)) != (size_before, root_before):
            yield "head_link"
        proof = [bytes.fromhex(value) for value in head.consistency]
        if not merkle.verify_consistency(size_before, head.size, proof, root_before, root):
            yield "head_proof"
        public, message = bytes(head.key.public), chain.canonical(head_body(head))
        if not signing.verify(public, message, bytes(head.signature)):
            yield "head_signature"
        if not signing.is_ours(public):
            yield "head_stranger"
