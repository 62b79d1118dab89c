"""How right is the router, on real complaints whose agency is known?"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from routing.batch import UnreadableFile, read_rows
from routing.compiled import CompiledRuleset
from routing.evaluation.measure import (
    Figures,
    Judged,
    Row,
    Share,
    figures,
    judge,
    label_agreement,
    threshold_for,
)
from routing.management.commands.route import ruleset_for
from routing.models import RuleSet

COLUMNS = ("agency_label", "agency_level_guess", "text", "sector")
WANTED_PRECISION = 0.9


class Command(BaseCommand):
    help = (
        "Measure the router on a CSV file with the columns nid, subject, agency_label, "
        "agency_level_guess, text, sector, city (LAPOR! samples). Judged are sector, level, and "
        "the exact agency where the registry has one office for the agency addressed; each figure "
        "is given with its denominator, for what was sent and for the best guess of every row, "
        "from the text alone and with the row's city as the place. "
        "--train is what may be learnt from. Rules learn nothing: it serves only to find the "
        "threshold at which 90% of the rows sent were of the right sector, and that threshold is "
        "then tried on --test beside the rule set's own. Rows of --test that are in --train too "
        "are left out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--train", type=Path, help="complaints that may be learnt from")
        parser.add_argument("--test", type=Path, required=True, help="complaints to measure on")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--country", default="id", choices=["bd", "id"])
        parser.add_argument(
            "--pack", action="store_true",
            help="the rules and registry in the pack's files; so too if none are in force",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        country = options["country"]
        in_force = RuleSet.objects.filter(country=country, status=RuleSet.Status.PUBLISHED)
        from_pack = options["pack"] or not in_force.exists()
        train = _rows(options["train"]) if options["train"] else []
        test = _rows(options["test"])
        known = {_key(row) for row in train}
        fresh = [row for row in test if _key(row) not in known]
        if not fresh:
            raise CommandError("No row of --test is left: all are in --train.")
        ruleset = ruleset_for(country, from_pack=from_pack)
        report = {
            "ruleset": {"name": ruleset.name, "version": ruleset.version, "from_pack": from_pack,
                        "rules": len(ruleset.rules), "threshold": ruleset.settings.threshold},
            "rows": {"train": len(train), "test": len(test), "test_not_in_train": len(fresh)},
            "sector_guessed_from_label": label_agreement(fresh),
            "runs": _runs(ruleset, train, fresh),
        }  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(report, default=_plain, indent=2))
        else:
            self.stdout.write("\n".join(_lines(report)))


def _rows(path: Path) -> list[Row]:
    try:
        columns, rows = read_rows(path)
        missing = [column for column in COLUMNS if column not in columns]
        if missing:
            raise CommandError(f"{path}: has no column {', '.join(missing)}")
        return list(rows)
    except UnreadableFile as error:
        raise CommandError(str(error)) from error


def _key(row: Row) -> str:
    return " ".join(f"{row.get('subject', '')} {row['text']}".casefold().split())


def _runs(ruleset: CompiledRuleset, train: list[Row], test: list[Row]) -> list[dict[str, Any]]:
    runs = []
    for with_place in (False, True):
        judged = _judge(ruleset, test, with_place)
        own = ruleset.settings.threshold
        run: dict[str, Any] = {
            "place": "the row's city, if it has one" if with_place else "only from the text",
            "threshold": own,
            "figures": figures(judged, own),
        }
        if train:
            found = threshold_for(_judge(ruleset, train, with_place), WANTED_PRECISION)
            run["threshold_from_train"] = found
            run["figures_at_it"] = figures(judged, found) if found else None
        runs.append(run)
    return runs


def _judge(ruleset: CompiledRuleset, rows: list[Row], with_place: bool) -> list[Judged]:
    return [judge(ruleset, row, with_place=with_place) for row in rows]


def _plain(value: object) -> object:
    if isinstance(value, Share):
        return {"right": value.right, "of": value.of, "share": round(value.share, 4)}
    if isinstance(value, Figures):
        # asdict would take the shares apart before they are asked for theirs.
        return {name: getattr(value, name) for name in Figures.__slots__}
    return asdict(value)  # type: ignore[call-overload]


def _lines(report: dict[str, Any]) -> list[str]:
    about, rows = report["ruleset"], report["rows"]
    lines = [
        f"Rule set “{about['name']}”, version {about['version']}"
        f"{' (from the files)' if about['from_pack'] else ''}: {about['rules']} rules, "
        f"threshold {about['threshold']}.",
        f"{rows['test']} rows to measure on, {rows['test_not_in_train']} of them not in --train "
        f"({rows['train']} rows).",
        "Sector guessed from the agency's name as the sample has it: "
        f"{report['sector_guessed_from_label']}; sectors can't be judged better than that.",
    ]
    for run in report["runs"]:
        lines += ["", f"Place: {run['place']}. Threshold {run['threshold']}:"]
        lines += _figure_lines(run["figures"])
        if run.get("threshold_from_train"):
            lines.append(f"  At the threshold found on --train, {run['threshold_from_train']}:")
            lines += _figure_lines(run["figures_at_it"])
    return lines


def _figure_lines(found: Figures) -> list[str]:
    desk = ", ".join(f"{name} {count}" for name, count in found.desk.items())
    lines = [
        f"  sent {Share(found.sent, found.rows)}; to the desk "
        f"{Share(found.rows - found.sent, found.rows)}: {desk or 'none'}",
        "  right among those sent:",
        *(f"    {name}: {share}" for name, share in found.when_sent.items()),
        "  right among all rows, by what was sent or suggested:",
        *(f"    {name}: {share}" for name, share in found.guess.items()),
        "  right sector by confidence:",
    ]
    lines += [f"    {low:.1f}–{high:.1f}: {share}" for low, high, share in found.calibration]
    return lines
