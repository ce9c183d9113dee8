# What you can do here; `make` alone lists it.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# As many processes as the machine has cores, and no more than pyproject.toml allows.
PYTEST := .venv/bin/pytest -n logical

help: ## List the verbs.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

demo: .venv/.installed ## Fill a database with invented data and open the dashboard on it.
	@.venv/bin/harvester demo

demo-check: .venv/.installed ## The same, but look at the dashboard once and stop.
	@.venv/bin/harvester demo --check

test: .venv/.tools ## Run all tests, on a real PostgreSQL and a real browser.
	@$(PYTEST)

docs: .venv/.installed ## Write the reference docs and supabase/schema.sql anew.
	@.venv/bin/python -m docs.generate

screenshots: .venv/.tools ## Take the pictures of the docs anew, of the demonstration in chromium.
	@.venv/bin/python -m docs.pictures

lint: .venv/.tools ## Check style and types.
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

audit: .venv/.audit ## Look for known vulnerabilities of all pinned packages; needs the network.
	@.venv/bin/python -m tests.house.audit

format: .venv/.tools ## Format the code.
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: .venv/.bench ## Measure what has a speed goal; minutes, on a quiet machine.
	@missed=0; for file in benchmarks/bench_*.py; do \
	  echo "== $$file"; PYTHONPATH=. .venv/bin/python "$$file" || missed=1; \
	done; exit $$missed

bench-extract: .venv/.bench .venv/.compiled ## Measure extraction, beside the extractors that people use today; a minute.
	@.venv/bin/python benchmarks/bench_extract.py

bench-import: .venv/.tools ## Measure the import of a million comments against a bare COPY; three minutes.
	@.venv/bin/python benchmarks/bench_import.py

bench-collect: .venv/.tools ## Measure the collection of a full day's quota from the sandbox; a minute.
	@.venv/bin/python benchmarks/bench_collect.py

soak: .venv/.tools ## Collect under all faults while workers are killed; ten minutes, `make soak SEED=7 MINUTES=60` for more.
	@SEED=$(SEED) MINUTES=$(MINUTES) .venv/bin/python -m benchmarks.soak_collect

bench-db: .venv/.tools ## Measure every page at eight million comments; half an hour, 8 GB of disk, HOME_FOLDER=… keeps them.
	@.venv/bin/python -m benchmarks.bench_db $(if $(HOME_FOLDER),--home $(HOME_FOLDER))

bench-web: .venv/.tools ## Measure pages for sixteen people at eight million comments; HOME_FOLDER=… takes the data of bench-db.
	@.venv/bin/python -m benchmarks.bench_web $(if $(HOME_FOLDER),--home $(HOME_FOLDER))

fuzz: .venv/.tools ## Give the extractor a million texts of any kind; two minutes, `make fuzz COUNT=10000000` for more.
	@.venv/bin/python -m benchmarks.fuzz_extract $(COUNT)

clean: ## Remove the environment; the data in .harvester stays.
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

# An environment whose Python has gone (an upgrade, a copied folder) is made again.
.venv/.installed: pyproject.toml constraints.txt
	@set -e; \
	if ! .venv/bin/python -c '' 2>/dev/null; then \
	  python=$${PYTHON:-}; \
	  for each in python3 python3.13 python3.12 python3.11 python3.14; do \
	    [ -n "$$python" ] && break; \
	    if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$each; fi; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo "Python 3.11 or later is missing. Install it: apt-get install python3 (Debian), brew install python (macOS)."; exit 1; \
	  fi; \
	  if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "Python's venv module is missing. Install it: apt-get install python3-venv"; exit 1; \
	  fi; \
	  echo "making .venv with $$("$$python" --version)"; \
	  rm -rf .venv; "$$python" -m venv .venv; \
	fi; \
	echo "installing packages (the first time takes a minute)"; \
	$(PIP) --editable .
	@touch $@

.venv/.tools: .venv/.installed tests/supabase/package-lock.json tests/web/package-lock.json
	@echo "installing what the tests need"
	@$(PIP) --editable '.[test,lint]'
	@if command -v npm >/dev/null 2>&1; then \
	  for folder in tests/supabase tests/web; do npm ci --prefix "$$folder" --no-audit --no-fund --silent || exit 1; done; \
	else echo "npm is missing: the tests of Supabase's tools and of barriers will say \"not run\" (apt-get install npm)"; fi
	@touch $@

.venv/.bench: .venv/.tools
	@echo "installing what the benchmarks compare with"
	@$(PIP) --editable '.[bench]'
	@touch $@

.venv/.audit: .venv/.installed
	@echo "installing what audits packages"
	@$(PIP) --editable '.[audit]'
	@touch $@

# The extractor as machine code, apart from the environment: what `HATCH_BUILD_HOOKS_ENABLE=1 pip install .` gives.
.venv/.compiled: .venv/.tools hatch_build.py $(wildcard src/harvester/domains/*.py)
	@if command -v cc >/dev/null 2>&1; then echo "compiling the extractor (a minute)"; rm -rf .venv/compiled; \
	  HATCH_BUILD_HOOKS_ENABLE=1 $(PIP) --no-deps --target .venv/compiled .; \
	else echo "a C compiler is missing: the compiled extractor is not run (apt-get install gcc python3-dev)"; fi
	@touch $@

test-compiled: .venv/.tools .venv/.compiled ## Run the extractor's tests on the compiled one; it needs a C compiler.
	@if [ -d .venv/compiled ]; then PYTHONPATH=.venv/compiled:. $(PYTEST) tests/domains; \
	else echo "not run: the compiled extractor is not built (apt-get install gcc python3-dev)"; fi

test-15: .venv/.tools ## Run the database's tests on Debian's PostgreSQL 15.
	@HARVESTER_TEST_POSTGRES=/usr/lib/postgresql/15/bin $(PYTEST) tests/store --ignore tests/store/test_embedded.py \
	  --ignore tests/store/test_pgtap.py

test-pooler: .venv/.tools ## Run the tests that speak to the database through a transaction pooler (pgbouncer).
	@HARVESTER_TEST_POOLER=1 $(PYTEST) tests/store tests/jobs tests/web --ignore tests/store/test_embedded.py \
	  --ignore tests/store/test_pgtap.py --ignore tests/jobs/test_crash.py --ignore-glob 'tests/store/test_tenant*' --ignore tests/web/test_browser.py

.PHONY: help demo demo-check test test-compiled test-15 test-pooler docs screenshots lint audit format bench bench-extract bench-import bench-collect bench-db bench-web soak fuzz clean
