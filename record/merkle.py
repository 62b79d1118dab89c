"""The Merkle tree of RFC 6962, section 2.1, over SHA-256. Pure: no ORM; hashes in, hashes out.

A node is named by level and index: level 0 are the leaf hashes, and (level, index) covers the leaves
from index·2^level on, 2^level of them. Nothing here walks all leaves: whoever holds the complete
subtrees is asked for the few nodes that a root or a proof is made of (`Lookup`).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

EMPTY_ROOT = hashlib.sha256().digest()

#: (level, index) of a complete subtree.
Node = tuple[int, int]
#: Gives the hash of each complete subtree that it is asked for.
Lookup = Callable[[Node], bytes]
#: The leaves [begin, end) of the tree.
Span = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: the zero byte keeps it apart from every node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees together."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below `size` (at least 2): where the RFC parts a tree."""
    return 1 << (size - 1).bit_length() - 1


def subtrees(span: Span) -> list[Node]:
    """The complete subtrees that a span is made of, from the left.

    The span begins where a subtree of its own height may begin, as all spans of the RFC do.
    """
    begin, end = span
    nodes = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        nodes.append((level, begin >> level))
        begin += 1 << level
    return nodes


def join(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, from the largest on the left to the smallest."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def span_hash(span: Span, lookup: Lookup) -> bytes:
    """MTH(D[begin:end]) of the RFC."""
    return join([lookup(node) for node in subtrees(span)])


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose hashes prove that the leaf is in the tree: PATH(m, D[n]), from below.

    Raises IndexError for a leaf that is not in a tree of that size.
    """
    if not 0 <= index < size:
        raise IndexError(index)
    spans: list[Span] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    return spans[::-1]


def consistency_spans(before: int, size: int) -> list[Span]:
    """The spans whose hashes prove that a tree only grew: PROOF(m, D[n]), from below.

    None for a tree that did not grow, or grew from nothing. Raises IndexError if it shrank.
    """
    if not 0 <= before <= size:
        raise IndexError(before)
    if before in (0, size):
        return []
    spans: list[Span] = []
    begin, end, whole = 0, size, True
    while end != before:
        middle = begin + split(end - begin)
        if before <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin, whole = middle, False
    return ([] if whole else [(begin, end)]) + spans[::-1]


def wanted(spans: Iterable[Span]) -> set[Node]:
    """All subtrees that the hashes of these spans are made of, to be fetched in one go."""
    return {node for span in spans for node in subtrees(span)}


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof leads from the leaf hash to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    spans, value = inclusion_spans(index, size), leaf
    if len(spans) != len(proof):
        return False
    for (_begin, end), other in zip(spans, proof, strict=True):
        value = node_hash(other, value) if end <= index else node_hash(value, other)
    return value == root


def verify_consistency(
    before: int, size: int, proof: Sequence[bytes], root_before: bytes, root: bytes
) -> bool:
    """Whether the tree of `size` is the tree of `before` leaves with more added at its end."""
    if not 0 <= before <= size:
        return False
    if before == 0:
        return not proof and root_before == EMPTY_ROOT
    if before == size:
        return not proof and root_before == root
    spans = consistency_spans(before, size)
    if len(spans) != len(proof):
        return False
    if spans[0][1] == before:
        old = new = proof[0]
        rest = list(zip(spans[1:], proof[1:], strict=True))
    else:
        old = new = root_before
        rest = list(zip(spans, proof, strict=True))
    for (_begin, end), other in rest:
        if end <= before:
            old, new = node_hash(other, old), node_hash(other, new)
        else:
            new = node_hash(new, other)
    return (old, new) == (root_before, root)


@dataclass
class Frontier:
    """The right edge of a growing tree: its complete subtrees, the largest first.

    That is all that is needed to go on: about as many hashes as the size has binary digits.
    """

    size: int
    hashes: list[bytes]

    def append(self, leaf: bytes) -> Iterator[tuple[Node, bytes]]:
        """Add a leaf hash; gives each subtree above the leaf that is complete with it, upwards."""
        index, value = self.size, leaf
        level = 0
        while index & 1:
            value = node_hash(self.hashes.pop(), value)
            index >>= 1
            level += 1
            yield (level, index), value
        self.hashes.append(value)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root as it stands."""
        return join(self.hashes)
