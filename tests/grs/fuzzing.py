"""Schemathesis against the live server, as somebody: it asks each operation of the API what its
description allows, and what it does not, and reads every answer by the description.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drf_spectacular.renderers import OpenApiJsonRenderer

from complaints.api.docs import document

#: No server error; no answer, header or type that is not described; no address that takes any method;
#: none that is described as closed and is open.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
#: It calls the address that was set before, wherever that is.
NEVER = ("system_endpoint_test_create",)
#: Each run is the same, and short; `make fuzz` asks all of it, more often, and other things each time.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SEED = os.environ.get("FUZZ_SEED", "1")
#: All moves go through the same door: what is asked of it beside their bodies is asked at one of them.
SHORT = """
[[operations]]
include-path-regex = '/moves/(?!message/)'
phases.coverage.enabled = false
"""
LIGHTLY = """
[[operations]]
include-tag = "{tag}"
phases.coverage.enabled = false
"""


@dataclass(frozen=True)
class Somebody:
    """Who asks: with which headers, about which parts of the API, knowing which things by name."""

    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    #: Parts that are closed to them: asked a little, as long as not all is asked.
    closed: Sequence[str] = ()
    #: Parameters of paths, such as the number of a case that there is.
    known: Mapping[str, str] = field(default_factory=dict)
    #: Words in bodies, such as its secret.
    words: Mapping[str, str] = field(default_factory=dict)


def fuzz(url: str, who: Somebody, folder: Path) -> tuple[int, str]:
    """Ask as somebody; returns the exit code (0: all as described) and what was found."""
    described = folder / "openapi.json"
    described.write_bytes(OpenApiJsonRenderer().render(document()))
    config = folder / "schemathesis.toml"
    config.write_text(_config(who), encoding="utf-8")
    options = {
        "--url": url,
        "--phases": "coverage,fuzzing",
        "--checks": ",".join(CHECKS),
        "--seed": SEED,
        "--max-examples": str(EXAMPLES or 2),
        "--generation-database": "none",
        "--warnings": "off",
        "--suppress-health-check": "all",
        "--request-timeout": "30",
        # Two threads at once would trip over each other in Python's own parser.
        "--workers": "1",
    }
    program = (sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run")
    flags = ("--no-color", "--no-shrink", "--continue-on-failure")
    argv = [*program, str(described), *flags, *(part for pair in options.items() for part in pair)]
    for name, value in who.headers.items():
        argv += ["--header", f"{name}: {value}"]
    for tag in who.tags:
        argv += ["--include-tag", tag]
    for operation in NEVER:
        argv += ["--exclude-operation-id", operation]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def _config(who: Somebody) -> str:
    lines = ["[cache]", "enabled = false", ""]
    for name, word in who.words.items():
        lines += [f"[dictionaries.{name}]", f'values = ["{word}"]', ""]
    lines.append("[parameters]")
    lines += [f'"path.{name}" = "{value}"' for name, value in who.known.items()]
    lines += [
        f'"body.{name}" = {{ dictionary = "{name}", probability = 0.8 }}' for name in who.words
    ]
    short = "" if EXAMPLES else SHORT + "".join(LIGHTLY.format(tag=tag) for tag in who.closed)
    return "\n".join(lines) + "\n" + short
