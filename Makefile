# Every command a person types. `make demo` and `make test` do all set-up on a machine with Python >= 3.11.
PYTHON ?= python3
FUZZ_SECONDS ?= 60
VENV := .venv
BIN := $(VENV)/bin
OUT ?= demo-output
EXAMPLES := src/everycount/example
CODE := src tests tools bench

.DEFAULT_GOAL := help
.PHONY: help demo test check fuzz generate bench lock clean

help: ## say what the commands are
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

# A stamp for each set of packages: installed again only when its list of pinned packages has changed.
$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit("Everycount needs Python 3.11 or newer; set PYTHON=... to one") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.base: $(VENV)/.made requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.site: $(VENV)/.base requirements-site.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-site.txt
	touch $@

$(VENV)/.test: $(VENV)/.base requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	touch $@

$(VENV)/.check: $(VENV)/.test requirements-check.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-check.txt
	touch $@

demo: $(VENV)/.site ## make the two example releases, then serve the example world until it is stopped
	$(BIN)/everycount release $(EXAMPLES)/dhaka --out $(OUT)/dhaka
	$(BIN)/everycount release $(EXAMPLES)/hotspots --out $(OUT)/hotspots
	$(BIN)/everycount demo --data-dir $(OUT)/node $(DEMO_ARGS)

test: $(VENV)/.test ## install what tests need and run them
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

check: $(VENV)/.check ## lint, types, import contracts, stale generated files
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	EVERYCOUNT_DATA_DIR=$(VENV)/node $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/generate.py --check

fuzz: $(VENV)/.check ## look for bytes that break what phones send to (FUZZ_SECONDS=3600, FUZZ_CORPUS=folder)
	$(BIN)/python -c 'import importlib.util as u, sys; sys.exit(u.find_spec("atheris") is None)' || { echo "atheris is not made for this machine"; exit 0; }; \
	$(BIN)/python -W ignore tests/site_fuzz.py $(FUZZ_CORPUS) -max_total_time=$(FUZZ_SECONDS) -timeout=60 -max_len=20000 -verbosity=0

generate: $(VENV)/.check ## write every generated file again
	$(BIN)/python tools/generate.py

bench: $(VENV)/.test ## run the benchmarks; each prints a ratio
	for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lock: $(VENV)/.check ## pin every package again, by hash and without naming a host
	$(BIN)/python tools/lock.py

clean: ## remove what the commands made
	rm -rf $(VENV) $(OUT) .coverage .hypothesis .mypy_cache .ruff_cache .pytest_cache
