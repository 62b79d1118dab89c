"""Where would this complaint go? For one text, or for a file of them."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.loading import PackError
from routing.batch import (
    ADDED,
    UnreadableFile,
    added_columns,
    facts_for,
    office_name,
    read_rows,
    route_row,
)
from routing.compiled import CompiledRuleset, MistakenSettings
from routing.engine import decide
from routing.facts import Decision, Facts
from routing.packs import load_ruleset
from routing.services import current


class Command(BaseCommand):
    help = (
        "Route a text, or each row of a CSV file with the columns id, text, place, category (only "
        "text is needed; place is a code or names joined by '/'). The output has the same rows in "
        "the same order with agency, agency_name, suggested, confidence, reasons (JSON) and more. "
        "Nothing is written to the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--text", help="one complaint; '-' reads it from standard input")
        parser.add_argument("--place", default="", help="a place's code, or names joined by '/'")
        parser.add_argument("--category", default="", help="a category's code")
        parser.add_argument("--csv", type=Path, help="a file of complaints")
        parser.add_argument("--out", type=Path, help="where the rows go (else standard output)")
        parser.add_argument("--json", action="store_true", help="whole decisions as JSON")
        parser.add_argument("--country", default=settings.COUNTRY, choices=["bd", "id"])
        parser.add_argument(
            "--pack", action="store_true",
            help="use the rules and registry in the pack's files instead of those in force",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["text"] is not None) == bool(options["csv"]):
            raise CommandError("Give either --text or --csv.")
        if options["csv"] and not options["csv"].is_file():
            raise CommandError(f"{options['csv']}: there is no such file.")
        ruleset = ruleset_for(options["country"], from_pack=options["pack"])
        try:
            if options["csv"]:
                self._file(ruleset, options["csv"], options["out"], as_json=options["json"])
            else:
                self._one(ruleset, options)
        except UnreadableFile as error:
            raise CommandError(str(error)) from error

    def _one(self, ruleset: CompiledRuleset, options: dict[str, Any]) -> None:
        text = sys.stdin.read() if options["text"] == "-" else options["text"]
        facts = facts_for(ruleset, text, place=options["place"], category=options["category"])
        if options["place"] and not facts.place:
            self.stderr.write(f"The place “{options['place']}” is not known.")
        decision = decide(facts, ruleset)
        if options["json"]:
            answer = json.dumps(whole(decision, facts, ruleset), ensure_ascii=False, indent=2)
            self.stdout.write(answer)
        else:
            self.stdout.write("\n".join(explanation(decision, facts, ruleset)))

    def _file(
        self, ruleset: CompiledRuleset, path: Path, out: Path | None, *, as_json: bool
    ) -> None:
        tally: Counter[str] = Counter()
        columns, rows = read_rows(path)
        try:
            target: TextIO = out.open("w", encoding="utf-8", newline="") if out else sys.stdout
        except OSError as error:
            raise CommandError(f"{out}: {error.strerror}") from error
        try:
            answers = _answers(ruleset, rows, tally)
            if as_json:
                for row, decision, facts in answers:
                    line = {"id": row.get("id", ""), **whole(decision, facts, ruleset)}
                    target.write(json.dumps(line, ensure_ascii=False) + "\n")
            else:
                fields = [column for column in columns if column not in ADDED]
                writer = csv.DictWriter(target, [*fields, *ADDED], extrasaction="ignore")
                writer.writeheader()
                for row, decision, facts in answers:
                    writer.writerow({**row, **added_columns(decision, facts, ruleset)})
        finally:
            if out:
                target.close()
        parts = [f"{count} {what}" for what, count in sorted(tally.items())]
        self.stderr.write(f"{tally.total()} rows: {', '.join(parts) or 'none'}.")


def ruleset_for(country: str, *, from_pack: bool) -> CompiledRuleset:
    """The rule set that a command was asked for. Raises CommandError if there is none."""
    if from_pack:
        try:
            return load_ruleset(country)
        except (PackError, MistakenSettings, FileNotFoundError) as error:
            raise CommandError(str(error)) from error
    ruleset = current(country)
    if not ruleset.version:
        raise CommandError(
            f"No rule set is in force for “{country}”. Run “manage.py load_country {country}”."
        )
    return ruleset


def _answers(
    ruleset: CompiledRuleset, rows: Iterator[dict[str, str]], tally: Counter[str]
) -> Iterator[tuple[dict[str, str], Decision, Facts]]:
    for row in rows:
        facts, decision = route_row(ruleset, row)
        tally[f"to the desk ({decision.desk_because})" if decision.desk_because else "sent"] += 1
        yield row, decision, facts


def whole(decision: Decision, facts: Facts, ruleset: CompiledRuleset) -> dict[str, Any]:
    """A decision as JSON, with the names that the CSV has too."""
    return {
        "agency": decision.target,
        "agency_name": office_name(ruleset, decision.target, facts.language),
        "suggested_name": office_name(ruleset, decision.suggested, facts.language),
        "language": facts.language,
        **decision.to_json(),
    }


def explanation(decision: Decision, facts: Facts, ruleset: CompiledRuleset) -> Iterator[str]:
    """A decision for a person at a terminal."""
    language = facts.language
    if decision.target:
        yield f"{decision.target}  {office_name(ruleset, decision.target, language)}"
    else:
        yield f"To the desk: {decision.desk_because}"
    if decision.suggested and not decision.target:
        suggested = office_name(ruleset, decision.suggested, language)
        yield f"Suggested: {decision.suggested}  {suggested}"
    yield f"Confidence: {decision.confidence:.3f}"
    if decision.place:
        names = [ruleset.index.places[code].names[0] for code in ruleset.index.line(decision.place)]
        yield f"Place: {decision.place}  {', '.join(names)}"
    for reason in decision.reasons:
        yield f"  {reason.rule} ({reason.strength}): {reason.note}"
        yield f"      found: {', '.join(reason.found) or '-'}; {' '.join(reason.conditions)}"
    for code, score in decision.runners_up:
        yield f"  Runner-up: {code}  {office_name(ruleset, code, language)} ({score:.3f})"
    for error in decision.errors:
        yield f"  Error: {error}"
