# make run    install what is missing and open the studio
# make test   everything: static checks, unit, live server, browser
# make check  static checks and the fast tests
# make chatterbox  install Chatterbox, an optional engine

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CHROMIUM := chromium-headless-shell

.PHONY: run test check static chatterbox system-packages clean

run: $(VENV)/.run
	$(BIN)/python app.py

# Two files at a time.
test: $(VENV)/.dev system-packages static
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.dev static
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not live and not browser"

static: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Aloud needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

chatterbox: $(VENV)/.chatterbox

$(VENV)/.chatterbox: requirements-chatterbox.txt | $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt requirements-chatterbox.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-chatterbox.txt
	touch $@ $(VENV)/.run $(VENV)/.chatterbox

# The browser tests want Debian's Chromium, those of the history its PostgreSQL. Elsewhere they are
# skipped and counted. Chromium without windows takes a third less of the processor for them.
system-packages:
	-@if [ "$$(id -u)" = 0 ] && [ -f /etc/debian_version ] && ! { command -v $(CHROMIUM) \
	  && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1; then \
	  apt-get update -qq; for package in $(CHROMIUM) postgresql; do DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq --no-install-recommends $$package; done; \
	fi

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
