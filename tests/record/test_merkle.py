"""The tree of RFC 6962: against the RFC's own recursion, and against another implementation."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from record import merkle
from record.merkle import Frontier, Node

SIZES = st.integers(min_value=1, max_value=700)


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(size)]


LEAVES = leaves(701)


def root_of(hashes: list[bytes]) -> bytes:
    """MTH as the RFC writes it down."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = merkle.split(len(hashes))
    return merkle.node_hash(root_of(hashes[:k]), root_of(hashes[k:]))


def path_of(m: int, hashes: list[bytes]) -> list[bytes]:
    """PATH as the RFC writes it down."""
    if len(hashes) == 1:
        return []
    k = merkle.split(len(hashes))
    if m < k:
        return [*path_of(m, hashes[:k]), root_of(hashes[k:])]
    return [*path_of(m - k, hashes[k:]), root_of(hashes[:k])]


def subproof_of(m: int, hashes: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF as the RFC writes it down."""
    if m == len(hashes):
        return [] if whole else [root_of(hashes)]
    k = merkle.split(len(hashes))
    if m <= k:
        return [*subproof_of(m, hashes[:k], whole), root_of(hashes[k:])]
    return [*subproof_of(m - k, hashes[k:], False), root_of(hashes[:k])]


def lookup(node: Node) -> bytes:
    level, index = node
    return root_of(LEAVES[index << level : (index + 1) << level])


def inclusion(index: int, size: int) -> list[bytes]:
    return [merkle.span_hash(span, lookup) for span in merkle.inclusion_spans(index, size)]


def consistency(before: int, size: int) -> list[bytes]:
    return [merkle.span_hash(span, lookup) for span in merkle.consistency_spans(before, size)]


def frontier(size: int) -> tuple[Frontier, dict[Node, bytes]]:
    grown, nodes = Frontier(0, []), dict[Node, bytes]()
    for leaf in LEAVES[:size]:
        nodes.update(grown.append(leaf))
    return grown, nodes


@given(SIZES)
def test_a_growing_tree_has_the_root_of_the_rfc_and_of_another_implementation(size: int) -> None:
    grown, nodes = frontier(size)
    tree = InmemoryTree(algorithm="sha256")
    for number in range(size):
        tree.append_entry(number.to_bytes(4, "big"))
    assert grown.root() == root_of(LEAVES[:size]) == tree.get_root()
    assert merkle.span_hash((0, size), lookup) == grown.root()
    assert all(hashed == lookup(node) for node, hashed in nodes.items())


@given(st.data())
def test_an_inclusion_proof_is_the_rfcs_and_proves_it(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion(index, size)
    assert proof == path_of(index, LEAVES[:size])
    root = root_of(LEAVES[:size])
    assert merkle.verify_inclusion(LEAVES[index], index, size, proof, root)
    other = data.draw(st.integers(0, size).filter(lambda n: n != index))
    assert not merkle.verify_inclusion(LEAVES[other], index, size, proof, root)
    assert not merkle.verify_inclusion(LEAVES[index], other, size, proof, root)
    assert not merkle.verify_inclusion(LEAVES[index], index, size, [*proof, root], root)


def test_an_inclusion_proof_is_that_of_another_implementation() -> None:
    tree = InmemoryTree(algorithm="sha256")
    for number in range(300):
        tree.append_entry(number.to_bytes(4, "big"))
    for index, size in ((0, 1), (0, 300), (255, 256), (256, 257), (299, 300), (17, 123)):
        # It counts from one, and its path begins with the leaf itself.
        path = tree.prove_inclusion(index + 1, size).path
        assert path == [LEAVES[index], *inclusion(index, size)]


@given(st.data())
def test_a_consistency_proof_is_the_rfcs_and_proves_it(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    before = data.draw(st.integers(0, size))
    proof = consistency(before, size)
    if before:
        assert proof == subproof_of(before, LEAVES[:size], True)
    old, new = root_of(LEAVES[:before]), root_of(LEAVES[:size])
    assert merkle.verify_consistency(before, size, proof, old, new)
    forged = root_of([*LEAVES[: size - 1], LEAVES[700]])
    assert not merkle.verify_consistency(before, size, [*proof, new], old, new)
    if before:
        assert not merkle.verify_consistency(before, size, proof, old, forged)
        assert not merkle.verify_consistency(before, size, proof, LEAVES[700], new)
        assert not proof or not merkle.verify_consistency(before, size, proof[1:], old, new)


def test_a_tree_that_shrank_is_refused() -> None:
    assert not merkle.verify_consistency(5, 4, [], root_of(LEAVES[:5]), root_of(LEAVES[:4]))
    with pytest.raises(IndexError):
        merkle.consistency_spans(5, 4)


@pytest.mark.parametrize("index", [-1, 4])
def test_a_leaf_outside_the_tree_has_no_proof(index: int) -> None:
    assert not merkle.verify_inclusion(LEAVES[0], index, 4, [], LEAVES[0])
    with pytest.raises(IndexError):
        merkle.inclusion_spans(index, 4)


def test_a_tree_that_grew_from_nothing_needs_no_proof_but_the_empty_root() -> None:
    assert merkle.verify_consistency(0, 4, [], merkle.EMPTY_ROOT, root_of(LEAVES[:4]))
    assert not merkle.verify_consistency(0, 4, [], LEAVES[0], root_of(LEAVES[:4]))


@given(st.integers(1, 50_000_000), st.data())
def test_a_proof_in_a_large_tree_needs_few_nodes(size: int, data: st.DataObject) -> None:
    index, before = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    most = 2 * size.bit_length()
    assert len(merkle.wanted(merkle.inclusion_spans(index, size))) <= most
    assert len(merkle.wanted(merkle.consistency_spans(before, size))) <= most
    assert len(merkle.subtrees((0, size))) <= size.bit_length()


def test_no_leaf_can_be_taken_for_a_node() -> None:
    left, right = LEAVES[:2]
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)
