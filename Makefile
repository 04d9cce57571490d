# The one runner. A bare machine needs Python 3.11 and make; all else is fetched, into .venv and client/node_modules.

# The newest Python that the locks are tested with; one that can make environments is preferred.
PYTHON ?= $(shell \
	for module in ensurepip sys; do for name in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$name >/dev/null 2>&1 && $$name -c "import sys, $$module; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1 \
	&& { echo $$name; exit; }; done; done)
VENV := .venv
BIN := $(VENV)/bin
NPM := $(BIN)/python server/hatch_build.py npm
# Those that take longest go first, so that no worker is left with one of them at the end.
GROUPS := tests/browser tests/live tests/hostile tests/faults tests/unit
# In CI a group that is not there is a failure too.
TESTS = $(if $(filter true,$(CI)),$(GROUPS),$(wildcard $(GROUPS)))

CHECKS := check-ruff check-mypy check-types check-lint check-messages
# Two at a time, each with its output in one piece where make can do that (from version 4).
BESIDE = $(MAKE) --no-print-directory --keep-going --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# make demo PEOPLE=60 AUTOPILOT=1 BRISK=1, or anything at all by ARGS="--people 60".
ARGS ?=
DEMO = $(if $(PEOPLE),--people $(PEOPLE)) $(if $(AUTOPILOT),--autopilot) $(if $(BRISK),--brisk) $(ARGS)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo serve check test unit live hostile browser faults soak load bench bench-clock bench-joins bench-stage bench-watchers docs pictures messages lock audit sbom clean
.PHONY: built ready-npm ready-chromium ready-postgresql ready-stage
.PHONY: check-ruff check-mypy check-types check-lint check-messages check-client

help: ## what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: built $(VENV)/.tools ## everything a developer needs

demo: built ## a ceremony with simulated people, in your browser: make demo PEOPLE=60 AUTOPILOT=1 BRISK=1
	@exec $(BIN)/memorata demo $(DEMO)

serve: built ## the server itself, set up by the environment (docs/operate.md)
	@exec $(BIN)/memorata serve $(ARGS)

check: setup ready-npm ## ruff, mypy --strict, tsc, eslint, catalogues; all of them, whatever fails
	+@$(BESIDE) $(CHECKS)

check-ruff:
	$(BIN)/ruff check
	$(BIN)/ruff format --check

check-mypy:
	$(BIN)/mypy

check-types:
	$(NPM) run --silent types

check-lint:
	$(NPM) run --silent lint

check-messages:
	$(BIN)/python server/catalogues.py check

check-client:
	$(NPM) run --silent test

# Much of pytest waits for clocks, so the rest goes on beside it, and gives way: a ceremony on the clock comes first. It is
# long over when pytest comes to its closing line; a failure is told once more after that.
test: setup ready-npm ready-chromium ready-postgresql ready-stage ## everything: check and vitest, beside them pytest on browser, live, hostile, faults and unit
	@nice $(BESIDE) $(CHECKS) check-client & beside=$$!; \
	.ci/pytest -n 4 --dist loadfile --no-loadscope-reorder $(TESTS) $(ARGS); status=$$?; \
	wait $$beside || { echo "memorata: check or vitest has failed, see above" >&2; exit 1; }; \
	exit $$status

unit: setup ## the quick tests: vitest, then pytest tests/unit
	$(NPM) run --silent test
	$(BIN)/pytest $(wildcard tests/unit) $(ARGS)

live: setup ## the real server and many real clients
	$(BIN)/pytest $(wildcard tests/live) $(ARGS)

hostile: setup ready-chromium ## attacks on the real server, each named after its threat (docs/security.md)
	@.ci/pytest $(wildcard tests/hostile) $(ARGS)

browser: setup ready-chromium ## several people in one ceremony, in Chromium
	@.ci/pytest $(wildcard tests/browser) $(ARGS)

faults: setup ready-chromium ready-postgresql ## what a ceremony survives, with the figures: make faults ARGS="--figures faults.json"
	@.ci/pytest $(wildcard tests/faults) --heavy $(ARGS)

MINUTES ?= 30
soak: setup ready-postgresql ## a ceremony for hours while something fails each two minutes: make soak MINUTES=360
	@$(BIN)/python -m tests.soak --minutes $(MINUTES) $(ARGS)

load: setup ## opt-in; prints its numbers
	$(BIN)/pytest -s $(wildcard tests/load) $(ARGS)

bench: setup tests/load/scale/node_modules/.installed ## what a server holds beside bare peers, 6 minutes: make bench ARGS="--clients 1000,5000"
	@$(BIN)/python -m tests.load.scale $(ARGS)

bench-clock: setup tests/load/clock/node_modules/.installed ## our clock beside published ones, 25 minutes: make bench-clock ARGS="--profiles lan"
	@$(BIN)/python -m tests.load.clock $(ARGS)

bench-joins: built ## what it costs to come in, statements, bytes and CPU: make bench-joins ARGS="--people 1000 --postgres"
	@$(BIN)/python -m tests.load.joins $(ARGS)

bench-stage: built ready-chromium ready-stage ## how soon a speaker is seen, and at what cost, by mesh and Janus: make bench-stage ARGS="--janus 1,8,16"
	@$(BIN)/python -m tests.load.stage $(ARGS)

bench-watchers: built ready-chromium ## what one who watches asks for, and what a million come to: make bench-watchers ARGS="--write"
	@$(BIN)/python -m tests.load.watchers $(ARGS)

docs: setup ## checks the documentation: every link and anchor
	$(BIN)/python .ci/links.py

pictures: setup ready-chromium ## takes the pictures of the documentation anew
	$(BIN)/python docs/pictures.py $(ARGS)

messages: setup ## collects the texts of server and client into their catalogues
	$(BIN)/python server/catalogues.py update

lock: $(VENV)/.created ## renews the locks from pyproject.toml and package.json; UPGRADE=1 takes new versions
	@.ci/lock $(if $(UPGRADE),--upgrade)

audit: setup ## asks for known faults of all locked packages; needs the net
	@.ci/audit

sbom: setup ## writes what a release is made of: dist/*.cdx.json
	@.ci/sbom

clean: ## removes all that was built or fetched
	rm -rf $(VENV) dist client/node_modules tests/load/*/node_modules server/memorata/web .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find server tests .ci -name __pycache__ -prune -exec rm -rf {} +
	find server/memorata/locales -name '*.mo' -delete

# The package, editable; then the client and the catalogues, where their sources have changed.
built: $(VENV)/.package
	@$(BIN)/python server/hatch_build.py

$(VENV)/.created:
	@.ci/venv "$(PYTHON)" $(VENV)
	@touch $@

$(VENV)/.runtime: server/requirements.txt server/build-requirements.txt | $(VENV)/.created
	@echo "memorata: fetching the packages of the server"
	@$(BIN)/pip install --quiet --require-hashes -r server/requirements.txt -r server/build-requirements.txt
	@touch $@

$(VENV)/.package: pyproject.toml server/hatch_build.py $(VENV)/.runtime
	@$(BIN)/python server/hatch_build.py
	@$(BIN)/pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.tools: tests/requirements.txt $(VENV)/.package
	@echo "memorata: fetching the tools of development"
	@$(BIN)/pip install --quiet --require-hashes -r tests/requirements.txt
	@touch $@

# The libraries that ours is compared with; nothing else needs them.
tests/load/%/node_modules/.installed: tests/load/%/package-lock.json
	@$(NPM) --prefix ../tests/load/$* ci --silent --ignore-scripts
	@touch $@

# Before several at once would find the packages of the client missing, and fetch them into one place.
ready-npm: | setup
	@$(NPM) --version >/dev/null

ready-chromium:
	@.ci/chromium

ready-postgresql:
	@.ci/postgresql

ready-stage:
	@.ci/stage
