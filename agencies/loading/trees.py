"""Paths in a tree of codes. Pure."""

from collections.abc import Mapping


def tree_paths(parents: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Each code's path ("a/b/c/") from code → parent's code, and the codes that lie in a ring."""
    paths: dict[str, str] = {"": ""}
    ring: list[str] = []
    for code in parents:
        chain: list[str] = []
        step = code
        while step not in paths and step not in chain:
            chain.append(step)
            step = parents.get(step, "")
        if step not in paths:
            ring.append(code)
            continue
        for link in reversed(chain):
            paths[link] = f"{paths[parents.get(link, '')]}{link}/"
    del paths[""]
    return paths, ring
