"""Reading the log: its size, the hashes of its subtrees, proofs. No query reads more than two blocks."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone

from record import merkle, signing
from record.models import Entry, Node, SigningKey, TreeHead, Waiting

#: Nodes from this level on are kept; what lies below is computed from the leaves of a block.
KEPT_LEVEL = 8
BLOCK = 1 << KEPT_LEVEL


class Proof(TypedDict):
    """Where a leaf stands, and what proves it against a day's head (`record.documents` writes it)."""

    index: int
    head: TreeHead | None
    path: list[bytes]


def position(node: merkle.Node) -> int:
    """The place of a node among all nodes of the tree, read from left to right, from 0."""
    level, index = node
    return (index << (level + 1)) + (1 << level) - 1


def log_size() -> int:
    """How many leaves the log has."""
    return Entry.objects.aggregate(last=Max("log_seq"))["last"] or 0


def hashes(nodes: Iterable[merkle.Node]) -> dict[merkle.Node, bytes]:
    """The hashes of complete subtrees, in at most two queries."""
    asked = set(nodes)
    places = {position(node): node for node in asked if node[0] >= KEPT_LEVEL}
    found: dict[merkle.Node, bytes] = {}
    if places:
        rows = Node.objects.filter(position__in=places).values_list("position", "hash")
        found = {places[place]: bytes(value) for place, value in rows}
    low = {node for node in asked if node[0] < KEPT_LEVEL}
    if low:
        leaves = _leaves(low)
        found |= {node: _from_leaves(node, leaves) for node in low}
    return found


def _leaves(nodes: Iterable[merkle.Node]) -> dict[int, bytes]:
    """The leaf hashes under these nodes, by index."""
    ranges = Q()
    for level, index in nodes:
        ranges |= Q(log_seq__gt=index << level, log_seq__lte=(index + 1) << level)
    rows = Entry.objects.filter(ranges).values_list("log_seq", "leaf_hash")
    return {seq - 1: bytes(value) for seq, value in rows}


def _from_leaves(node: merkle.Node, leaves: dict[int, bytes]) -> bytes:
    level, index = node
    if level == 0:
        return leaves[index]
    children = ((level - 1, 2 * index), (level - 1, 2 * index + 1))
    return merkle.node_hash(*(_from_leaves(child, leaves) for child in children))


def span_hashes(spans: Iterable[merkle.Span]) -> list[bytes]:
    """The hashes of spans, as the proofs of the RFC list them."""
    listed = list(spans)
    known = hashes(merkle.wanted(listed))
    return [merkle.span_hash(span, known.__getitem__) for span in listed]


def frontier(size: int) -> merkle.Frontier:
    """The right edge of the log at a size that it has or had."""
    nodes = merkle.subtrees((0, size))
    known = hashes(nodes)
    return merkle.Frontier(size, [known[node] for node in nodes])


def inclusion(leaf_hash: bytes) -> Proof | None:
    """Where a leaf stands and its path to the first head that holds it; None if it is not logged."""
    seq = Entry.objects.filter(leaf_hash=leaf_hash).values_list("log_seq", flat=True).first()
    if seq is None:
        return None
    head = TreeHead.objects.filter(size__gte=seq).order_by("size", "day").first()
    path = span_hashes(merkle.inclusion_spans(seq - 1, head.size)) if head else []
    return Proof(index=seq - 1, head=head, path=path)


def last_head() -> TreeHead | None:
    """The newest head."""
    return TreeHead.objects.order_by("-day").first()


def first_day() -> date | None:
    """The day of the first head; from it on every day has one."""
    return TreeHead.objects.order_by("day").values_list("day", flat=True).first()


def heads(*, before: date | None = None, limit: int = 30) -> list[TreeHead]:
    """The newest heads, or those before a day; the newest first."""
    found = TreeHead.objects.order_by("-day")
    return list((found.filter(day__lt=before) if before else found)[:limit])


def leaves_of(head: TreeHead) -> Iterator[bytes]:
    """The leaf hashes that came in that day, in their order, read as they are needed."""
    rows = Entry.objects.filter(log_seq__gt=head.previous_size, log_seq__lte=head.size)
    values = rows.order_by("log_seq").values_list("leaf_hash", flat=True)
    return (bytes(value) for value in values.iterator(chunk_size=5000))


def all_keys() -> list[SigningKey]:
    """Every key that signs or signed, the oldest first; the one in use is there before its first head."""
    known = list(SigningKey.objects.order_by("since", "id"))
    public = signing.public_key()
    if all(bytes(key.public) != public for key in known):
        in_use = SigningKey(id=signing.key_id(public), public=public, since=timezone.now())
        known.append(in_use)
    return known


def waiting_age() -> timedelta | None:
    """How long the oldest event has been waiting for the log; None if none is."""
    oldest = Waiting.objects.order_by("event_id").values_list("recorded_at", flat=True).first()
    return max(timezone.now() - oldest, timedelta(0)) if oldest else None


def end_of_day(day: date) -> datetime:
    """Midnight at the end of a day in the capital's zone."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))
