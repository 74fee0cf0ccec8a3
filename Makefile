# Everything that one does with LegalCity, by name: `make help`.
# Asks for Python 3.11 or later, pip and make; nothing here depends on a locale or a terminal.

export LC_ALL := C.UTF-8
export PYTHONUTF8 := 1
export DJANGO_SETTINGS_MODULE := legalcity.settings
# Processes start twice as fast when they find compiled modules; some shells forbid to keep these.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
PORT ?= 8000
ARGS ?=
# Who names neither a service nor a secret wants to try it: the embedded default, on this machine alone.
NAMED = $(strip $(DATABASE_URL)$(REDIS_URL)$(CELERY_BROKER_URL)$(SECRET_KEY)$(EMBEDDED)$(DEBUG))
ALONE = $(if $(NAMED),,EMBEDDED=1)
WRITTEN = $(or $(DATA_DIR),var)

.DEFAULT_GOAL := help
.PHONY: help setup build demo test clients screenshots lint serve worker beat migrate lock bench installed

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s%s\n", $$1, $$2 }'

setup: ## make .venv from the locked requirements
	@sh scripts/setup.sh requirements-dev.txt

# What runs in production does not need the tools of development; where these are installed they do not hurt.
installed:
	@sh scripts/setup.sh requirements.txt

build: installed ## make what a server needs to start at once: the pages' static files, compressed (at set-up, and after an update)
	@$(PY) scripts/build_static.py

demo: installed ## a server on 127.0.0.1:8000 (PORT) with demonstration data, the main job walked through; Ctrl-C ends it
	@$(PY) scripts/run_demo.py --port $(PORT)

test: setup ## the whole test suite; on PostgreSQL and Redis where DATABASE_URL and REDIS_URL name them (ARGS for pytest)
	@EMBEDDED=1 $(PY) -m pytest -n auto $(ARGS)

clients: setup ## the reference as TypeScript, and the script of a whole case under tsc --strict (asks for node and npm)
	@sh scripts/clients.sh

screenshots: setup ## make the pictures of docs/staff.md anew (asks for chromium)
	@EMBEDDED=1 STAFF_SCREENSHOTS=1 $(PY) -m pytest -p no:randomly tests/browser/test_staff_day.py tests/browser/test_guide.py

lint: setup ## style, types, layers, migrations, settings
	@sh scripts/lint.sh

serve: installed ## the production server on PORT (docs/ops.md)
	@$(ALONE) sh scripts/serve.sh

worker: installed ## a worker for the queues (QUEUES=critical, webhooks, messages, documents, fetching or bulk,celery for some), with the clock when BEAT=1
	@$(ALONE) $(PY) -m legalcity.lib.startup worker
	@umask 077; mkdir -p $(WRITTEN)
	@exec $(PY) -m celery -A legalcity worker --loglevel INFO $(if $(QUEUES),--queues $(QUEUES),) $(if $(filter 1,$(BEAT)),--beat --schedule $(WRITTEN)/beat,)

beat: installed ## the clock of the periodic tasks; it may run on each machine
	@$(ALONE) $(PY) -m legalcity.lib.startup worker
	@umask 077; mkdir -p $(WRITTEN)
	@exec $(PY) -m celery -A legalcity beat --loglevel INFO --schedule $(WRITTEN)/beat

migrate: installed ## bring the database up to date
	@$(ALONE) $(PY) manage.py migrate

lock: setup ## write requirements.txt and requirements-dev.txt anew from the .in files
	@sh scripts/lock.sh

bench: setup ## measure the read and write paths on PostgreSQL, as ratios to the ceiling
	@$(PY) benchmarks/run.py $(ARGS)
