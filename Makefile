# make run · make sandbox · make example · make test · make fuzz · make check · make bench · make browser-test
# Python 3.11 or later and make are all that is needed. Settings: .env.example.

PYTHON ?= python3
VENV := .venv/bin
MACHINE := $(PYTHON) grs/machine/install.py machine
DEV := $(PYTHON) grs/machine/install.py dev
ROOMS := accounts agencies routing record complaints channels oversight fairplay console systems grs

.PHONY: run sandbox example test fuzz check bench browser-test setup messages shell clean
.DEFAULT_GOAL := run

run: ## The portal on this machine, until Ctrl-C (PORT=8000, GRS_COUNTRY=bd or id)
	@$(MACHINE) && exec $(VENV)/python -m grs.machine.run

sandbox: ## An installation beside it in which agencies try their systems (PORT=8001)
	@$(MACHINE) && exec env PORT="$${PORT:-8001}" GRS_STATE_DIR="$${GRS_STATE_DIR:-var/sandbox}" GRS_SANDBOX=1 $(VENV)/python -m grs.machine.run

example: ## An agency's own system beside a portal that runs here (PORT=8100; docs/join.md)
	@$(MACHINE) && exec $(VENV)/python -m grs.machine.example

test: ## The whole suite, on two processes (ARGS="tests/routing -k golden" for a part)
	@$(DEV) && $(VENV)/python -m pytest -n 2 --dist loadgroup $(ARGS)

browser-test: ## Only the tests that drive a browser
	@$(DEV) && $(VENV)/python -m pytest -m browser $(ARGS)

fuzz: ## Ask the API everything that its description allows, and what it does not (FUZZ_EXAMPLES=20)
	@$(DEV) && FUZZ_EXAMPLES="$${FUZZ_EXAMPLES:-20}" FUZZ_SEED="$${FUZZ_SEED:-$$(date +%s)}" $(VENV)/python -m pytest -q tests/grs/test_openapi_live.py $(ARGS)

check: ## Style, types, imports, migrations, translations, deployment
	@$(DEV) && $(VENV)/python -m tests.check

bench: ## How fast the parts are that have to be
	@$(DEV) && $(VENV)/python -m tests.bench && $(VENV)/python -m pytest -q -s tests/bench_requests.py tests/bench_load.py && $(VENV)/python -m tests.bench_dashboards

setup: ## Install what all of these need
	@$(DEV)

messages: ## Take new words into the catalogues
	@$(DEV) && $(VENV)/python -m grs.translations update

shell: ## A Python shell with the portal's models
	@$(MACHINE) && $(VENV)/python manage.py shell

clean: ## Remove what was installed and built; data in var/ stays
	rm -rf .venv node_modules static/build .pytest_cache .mypy_cache .ruff_cache
	find $(ROOMS) tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
