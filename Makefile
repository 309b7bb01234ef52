# Two commands are enough: `make run` and `make test`. Both do all their set-up themselves.

# Any Python 3.9 starts the scripts of ops/; they choose the newer one that .venv is made of.
BASE_PYTHON := $(firstword $(wildcard /usr/bin/python3.13 /usr/bin/python3.14 /usr/bin/python3.12 /usr/bin/python3) python3)
OPS := $(BASE_PYTHON) -m ops
VENV_PYTHON := .venv/bin/python
PIP_COMPILE := $(VENV_PYTHON) -m piptools compile --quiet --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe

.DEFAULT_GOAL := help
.PHONY: help run test test-quick bench forms drill scale-check interop fuzz docs check fmt setup system lock reset screenshots verify-class compose-check backup backup-check backup-key \
	restore upgrade upgrade-back

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: ## set up everything and start the site (PORT, DATABASE_URL, VAR_DIR, DISTRICT=<folder>)
	@exec $(OPS) run

test: ## set up everything and run every test (ARGS="tests/unit -k rectification")
	@exec $(OPS) test $(ARGS)

test-quick: ## unit and architecture tests and those of the changed rooms, in seconds
	@exec $(OPS) test-quick $(ARGS)

bench: ## measure against references of the same run (ARGS="import --quick", ARGS=--list)
	@exec $(OPS) bench $(ARGS)

forms: ## send every form of every role once in a real browser (a quarter of an hour)
	@$(OPS) test -o faulthandler_timeout=0 -q -s -p no:randomly tests/e2e/every_form.py $(ARGS)

drill: ## kill, stop, lock and fill a site of its own while people report (ARGS="--quick", ARGS=--list)
	@exec $(OPS) drill $(ARGS)

scale-check: ## several machines as processes of this one: kill the primary, print lost, seconds, staleness
	@exec $(OPS) scale-check $(ARGS)

interop: ## real clients against a site over a socket; prints who did what with which service
	@exec $(OPS) interop $(ARGS)

fuzz: ## send 50,000 malformed requests in one process (REQUESTS, SEED, SECONDS); `make test` sends 2,000
	@FUZZ_REQUESTS=$(or $(REQUESTS),50000) FUZZ_SEED=$(or $(SEED),20261128) FUZZ_SECONDS=$(or $(SECONDS),0) SCHEMA_EXAMPLES=$(or $(EXAMPLES),30) \
		$(OPS) test -o faulthandler_timeout=0 tests/architecture/access/test_malformed_requests.py tests/architecture/access/test_requests_by_schema.py

docs: ## build the documentation site into var/docs; dead links fail it
	@exec $(OPS) docs $(ARGS)

check: ## linters, types, import order, migrations, templates, web
	@exec $(OPS) check

fmt: setup ## format Python and web sources
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .
	cd web && npx biome check --write .

setup: ## packages, web build, translations and static files, without starting anything
	@exec $(OPS) setup

system: ## install missing Debian packages, or say which
	@exec $(OPS) system

lock: setup ## write requirements*.txt anew from requirements*.in
	$(PIP_COMPILE) --output-file requirements.txt requirements.in
	$(PIP_COMPILE) --output-file requirements-s3.txt requirements-s3.in
	$(PIP_COMPILE) --output-file requirements-dev.txt requirements-dev.in
	$(PIP_COMPILE) --output-file requirements-bench.txt requirements-bench.in
	$(PIP_COMPILE) --output-file requirements-docs.txt requirements-docs.in
	$(PIP_COMPILE) --output-file requirements-others.txt requirements-others.in

reset: ## delete the embedded database of this VAR_DIR (the next run makes the demo anew)
	@exec $(OPS) reset

backup: ## copy database, files and keys to BACKUP_TARGET, or TO=<folder | user@host:/path>
	@exec $(OPS) backup

backup-check: ## restore the newest backup into a scratch database and compare (FROM)
	@exec $(OPS) backup-check

backup-key: ## make the key that encrypts backups from now on, and say it once
	@exec $(OPS) backup-key

restore: ## bring the site back: FROM=<backup> (KEY=<file>; FORCE=1 where there is a site; ANYWAY=1 with what it found wrong)
	@exec $(OPS) restore

upgrade: ## a backup, then the new release (TAG=<release>): set-up, migrations, checks
	@exec $(OPS) upgrade

upgrade-back: ## code and data of before the last upgrade
	@exec $(OPS) upgrade-back

screenshots: setup ## take the README's pictures of a running site (SITE)
	@exec $(VENV_PYTHON) -m ops.screenshots

verify-class: setup ## published classes against a second implementation and the product (FILE=table or folder)
	$(VENV_PYTHON) -m tests.verification.verify_class $(FILE)

compose-check: ## build and start the containers, fetch a tile through the proxy, stop them
	@exec ops/compose-check
