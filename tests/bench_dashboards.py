"""How fast the dashboards are with many cases: `python -m tests.bench_dashboards [CASES ...]`.

For each number of cases in turn (more are added to the same database; 100,000 and 300,000 unless told
otherwise) `make_cases` writes them by COPY and says at what rate, then every dashboard is asked for by an
overseer, in this process, with the database beside it: the median and the 95th percentile of the time from
request to answer, once with what the cache keeps and once with an empty cache. The return code is 1 if a
95th percentile with the cache is above BUDGET. The database lies in GRS_STATE_DIR, or in a folder that
is removed afterwards.
"""

import logging
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
#: Milliseconds that the 95th percentile of each may take.
BUDGET = 150
TIMES, COLD_TIMES, WARM = 40, 12, 3
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


def main(sizes: list[int]) -> int:
    """Load, measure, print; 1 if anything is over the budget."""
    with tempfile.TemporaryDirectory(prefix="grs-bench-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("GRS_STATE_DIR", folder)
        os.environ |= {"GRS_DEMO": "1", "GRS_COUNTRY": "bd"}
        manage("migrate", "-v", "0")
        manage("load_country", "bd")
        manage("collectstatic", "--noinput", "-v", "0")
        slow = 0
        for size in sizes:
            before = int(_measure("number")[-1])
            if size > before:
                manage("make_cases", str(size - before), "--seed", str(size))
            lines = _measure("pages")
            print("\n".join(lines), flush=True)
            slow += sum("TOO SLOW" in line for line in lines)
    return 1 if slow else 0


def _measure(what: str) -> list[str]:
    """In a process of its own: the servers run as long as it does."""
    command = [sys.executable, "-m", "tests.bench_dashboards", f"--{what}"]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().splitlines()


def measure(what: str) -> None:
    """Count the cases, or ask for each page many times."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grs.settings")
    from grs.machine.attach import prepare_environment

    prepare_environment(["manage.py", "shell"])
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from complaints.models import Case

    number = Case.objects.count()
    if what == "--number":
        print(number)
        return
    from django.core.cache import cache

    client, pages = _overseer()
    print(f"\n{number:,} cases · milliseconds: median, 95th percentile · with the cache | without")
    for page in pages:

        def ask(page: str = page) -> float:
            begun = perf_counter()
            answer = client.get(f"/en{page}")
            took = (perf_counter() - begun) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"{page}: {answer.status_code}")
            return took

        for _ in range(WARM):
            ask()
        warm = sorted(ask() for _ in range(TIMES))
        cold = []
        for _ in range(COLD_TIMES):
            cache.clear()
            cold.append(ask())
        cold.sort()
        p95 = warm[int(0.95 * TIMES) - 1]
        verdict = "" if p95 <= BUDGET else "  TOO SLOW"
        print(
            f"{page:56} {statistics.median(warm):6.0f} {p95:6.0f} |"
            f" {statistics.median(cold):6.0f} {cold[-1]:6.0f}{verdict}"
        )


def _overseer() -> tuple[object, list[str]]:
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
    return client, [page.format(**where) for page in PAGES]


def _count() -> object:
    from django.db.models import Count

    return Count("pk")


if __name__ == "__main__":
    if sys.argv[1:] in (["--number"], ["--pages"]):
        measure(sys.argv[1])
    else:
        sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
