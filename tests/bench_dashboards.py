"""How fast the dashboards are with many cases: `python -m tests.bench_dashboards [CASES ...]`.

For each number of cases in turn (more are added to the same database; 100,000 and 300,000 unless told
otherwise) `make_cases` writes them by COPY and says at what rate, then every dashboard is asked for by an
overseer, in a process of its own, with the database beside it: the median and the 95th percentile of the
time from request to answer, once with what the cache keeps and once with an empty cache. Then each page's
median with the cache is compared with the one at the first size: it must not grow with the cases. The
return code is 1 if a 95th percentile with the cache is above BUDGET, or if a page grew (`has_grown`). The
database lies in GRS_STATE_DIR, or in a folder that is removed afterwards.
"""

import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
#: Milliseconds that the 95th percentile of each may take.
BUDGET = 150
TIMES, COLD_TIMES, WARM = 40, 12, 3
#: A page grew if its median is more than so many times, and so many milliseconds, what it was with fewer
#: cases. Both: a quick page doubles by chance, and a slow one shakes by some milliseconds.
TIMES_SLOWER, SLOWER = 1.5, 15.0
SIZES = (100_000, 300_000)
PAGES = (
    *("/oversight/", "/oversight/?period=90", "/oversight/?period=12m", "/oversight/?period=2025"),
    *("/oversight/?channel=web", "/oversight/?period=12m&kind=complaint"),
    *("{ministry}", "{ministry}?period=12m", "{department}?period=12m", "{office}?period=12m"),
    *("/oversight/cases/?measure=received&period=12m", "/oversight/cases/?state=late"),
    *("/oversight/desk/", "/oversight/channels/", "/oversight/flow/", "/oversight/league/"),
    *("/oversight/map/?period=12m", "/oversight/rising/", "/oversight/alerts/"),
    *("/performance/", "/performance/?period=12m"),
)


def manage(*arguments: str) -> None:
    """Run one command of the portal, with its output."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    subprocess.run(command, check=True, cwd=ROOT)


@dataclass(frozen=True, slots=True)
class Timed:
    """How long one page took, in milliseconds: `page` as it stands in PAGES, and the address it was."""

    page: str
    address: str
    median: float
    p95: float
    cold_median: float
    cold_most: float

    def line(self) -> str:
        """As it is printed."""
        return (
            f"{self.address:56} {self.median:6.0f} {self.p95:6.0f} |"
            f" {self.cold_median:6.0f} {self.cold_most:6.0f}{'' if self.is_quick() else '  TOO SLOW'}"
        )

    def is_quick(self) -> bool:
        """Whether it is within the budget."""
        return self.p95 <= BUDGET


def has_grown(before: float, now: float) -> bool:
    """Whether a median (milliseconds) says that a page is slower with more cases."""
    return now > before * TIMES_SLOWER and now > before + SLOWER


def compared(before: Sequence[Timed], now: Sequence[Timed]) -> tuple[list[str], bool]:
    """Each page beside itself with fewer cases, as lines; and whether none of them grew.

    A page that was measured at one size only says nothing of growth: it counts as grown.
    """
    known = {timed.page: timed.median for timed in before}
    lines, is_steady = [], known.keys() == {timed.page for timed in now}
    for timed in now:
        if (was := known.get(timed.page)) is None:
            lines.append(f"{timed.page:56}      ? {timed.median:6.0f}  NOT MEASURED BEFORE")
            continue
        grown = has_grown(was, timed.median)
        lines.append(f"{timed.page:56} {was:6.0f} {timed.median:6.0f}{'  GREW' if grown else ''}")
        is_steady = is_steady and not grown
    return lines, is_steady


def main(sizes: list[int]) -> int:
    """Load, measure, print; 1 if anything is over the budget, or slower with more cases."""
    with tempfile.TemporaryDirectory(prefix="grs-bench-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("GRS_STATE_DIR", folder)
        os.environ |= {"GRS_DEMO": "1", "GRS_COUNTRY": "bd"}
        manage("migrate", "-v", "0")
        manage("load_country", "bd")
        manage("collectstatic", "--noinput", "-v", "0")
        found = [_at_size(size) for size in sizes]
    return judged(found)


def judged(found: Sequence[tuple[int, list[Timed]]]) -> int:
    """Print how the pages stand at each number of cases beside the first; the return code."""
    (fewest, before), *larger = found
    is_well = all(timed.is_quick() for _cases, pages in found for timed in pages)
    for cases, pages in larger:
        print(f"\n{fewest:,} → {cases:,} cases · milliseconds: median with the cache")
        lines, is_steady = compared(before, pages)
        print("\n".join(lines), flush=True)
        is_well = is_well and is_steady
    if not larger:
        print("\nMeasured at one size: nothing says whether it grows with the cases.", flush=True)
    return 0 if is_well else 1


def _at_size(size: int) -> tuple[int, list[Timed]]:
    """How many cases there are, once there are that many at least, and how long each page takes."""
    before = int(_measure("number"))
    if size > before:
        manage("make_cases", str(size - before), "--seed", str(size))
    cases = int(_measure("number"))
    print(f"\n{cases:,} cases · milliseconds: median, 95th percentile · with the cache | without")
    pages = [Timed(**timed) for timed in json.loads(_measure("pages"))]
    print("\n".join(timed.line() for timed in pages), flush=True)
    return cases, pages


def _measure(what: str) -> str:
    """The last line of a process of its own: the servers run as long as it does."""
    command = [sys.executable, "-m", "tests.bench_dashboards", f"--{what}"]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().splitlines()[-1]


def measure(what: str) -> None:
    """Count the cases, or ask for each page many times."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grs.settings")
    from grs.machine.attach import prepare_environment

    prepare_environment(["manage.py", "shell"])
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from complaints.models import Case

    if what == "--number":
        print(Case.objects.count())
        return
    from grs.gunicorn_conf import settle

    client, where = _overseer()
    # As a worker of the server does before its first request.
    client.get("/en/")
    settle()
    timed = [_timed(client, page, page.format(**where)) for page in PAGES]
    print(json.dumps([asdict(each) for each in timed]))


def _timed(client: Any, page: str, address: str) -> Timed:
    """Ask for a page many times, with the cache and without."""
    from django.core.cache import cache

    def ask() -> float:
        begun = perf_counter()
        answer = client.get(f"/en{address}")
        took = (perf_counter() - begun) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        return took

    def ask_anew() -> float:
        cache.clear()
        return ask()

    for _ in range(WARM):
        ask()
    warm = sorted(ask() for _ in range(TIMES))
    cold = sorted(ask_anew() for _ in range(COLD_TIMES))
    return Timed(
        page=page,
        address=address,
        median=statistics.median(warm),
        p95=warm[int(0.95 * TIMES) - 1],
        cold_median=statistics.median(cold),
        cold_most=cold[-1],
    )


def _overseer() -> tuple[Any, dict[str, str]]:
    """Somebody who may see every dashboard, signed in; and the pages of a line of offices."""
    from django.test import Client

    from accounts.models import User
    from accounts.roles import Role
    from agencies.models import Office
    from oversight.models import Fact
    from tests.factories.agencies import make_officer

    roots = Office.objects.filter(country="bd", parent=None).order_by("path")
    client = Client(SERVER_NAME="127.0.0.1")
    known = User.objects.filter(email="bench@example.org").first()
    client.force_login(known or make_officer("Bench", Role.OVERSEER, roots[0]))
    busiest = (
        Fact.objects.filter(office__gt=0)
        .values_list("office", flat=True)
        .order_by()
        .annotate(n=_count())
        .order_by("-n")[0]
    )
    line = Office.objects.get(pk=busiest).path_codes
    where = {
        name: f"/oversight/agency/{code}/"
        for name, code in zip(
            ("ministry", "department", "office"),
            (line[0], line[min(1, len(line) - 1)], line[-1]),
            strict=True,
        )
    }
    return client, where


def _count() -> object:
    from django.db.models import Count

    return Count("pk")


if __name__ == "__main__":
    if sys.argv[1:] in (["--number"], ["--pages"]):
        measure(sys.argv[1])
    else:
        sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
