# make run      install the core and start the studio
# make engines  install all neural engines (also one by one: make xtts, pocket, groq, chatterbox)
# make postgres install what TTS_DATABASE_URL=postgresql://… needs
# make recogniser  install what TTS_RECOGNISER=whisper needs
# make test     the test suite: static checks, unit, live server, browser (make test-all: longer;
#               with EXAMPLES=10000 that many made-up texts for the reader in each language)
# make test-clients  other projects' clients against a real server, and a server behind nginx
# make check    static checks and the fast tests
# make lock     resolve pyproject.toml into the lock files
# make newest   run the fast tests with the newest versions of everything

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := -m pip --disable-pip-version-check install --quiet
# A few packages come as source only. The constraints pin what they are built with; older versions of
# pip read the first variable for that, newer ones the second.
INSTALL := PIP_CONSTRAINT=requirements.txt PIP_BUILD_CONSTRAINT=requirements.txt $(BIN)/python $(PIP)
# On a busy machine a browser may be late once, so a test that fails is tried once more. Those that
# pass then are listed: each of them has a cause that is to be found.
# Page tests wait for sound half of their time, so that one worker more than two cores pays.
WORKERS ?= 3
PYTEST := -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --reruns 1 -r fER
FAST   := -m "not live and not browser"
CHROMIUM := chromium-headless-shell
EXTRAS := xtts pocket groq postgres recogniser chatterbox
# Installed extras are kept up to date with their lock files.
PRESENT := $(filter $(wildcard $(VENV)/.*),$(addprefix $(VENV)/.,$(EXTRAS)))

# Two installations at the same time would write to the same environment.
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif

.PHONY: run engines $(EXTRAS) test test-all test-clients pytest check static lock newest nginx system-packages clean

run: $(VENV)/.core $(PRESENT)
	$(BIN)/python app.py

engines: xtts pocket groq chatterbox
$(EXTRAS): %: $(VENV)/.core $(VENV)/.%

# Both halves run at the same time.
test: $(VENV)/.dev $(VENV)/.chatterbox $(VENV)/.javascript
	@$(MAKE) --no-print-directory --keep-going -j2 SIDE_BY_SIDE=1 pytest static

test-clients: $(VENV)/.dev $(VENV)/.javascript .venv-clients/.installed | nginx
	$(BIN)/python -m pytest tests/clients

test-all: export THOROUGH := --thorough $(if $(EXAMPLES),--examples $(EXAMPLES) --timeout 3600)
test-all: test

# Where Python is told to keep no bytecode, as in many images, each process of the tests compiles all
# it imports: the tests, with their assertions rewritten, and Aloud in hundreds of child processes.
pytest check newest: export PYTHONDONTWRITEBYTECODE :=
pytest:
	$(BIN)/python $(PYTEST) $(THOROUGH)

check: $(VENV)/.dev $(VENV)/.chatterbox static
	$(BIN)/python $(PYTEST) $(FAST)

static: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: $(VENV)/.dev
	PATH="$(BIN):$$PATH" $(BIN)/python requirements/lock.py

# Versions newer than pyproject.toml allows are listed first.
newest:
	$(PYTHON) -m venv --clear .venv-newest
	.venv-newest/bin/python $(PIP) --editable '.[all,dev]'
	.venv-newest/bin/python $(PIP) --no-deps -r requirements/chatterbox.in
	-.venv-newest/bin/python -m pip list --outdated
	.venv-newest/bin/python $(PYTEST) $(FAST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15) and "Aloud needs Python 3.11 to 3.14: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)

# The lock files are complete, but for what requirements/without.txt leaves out.
$(VENV)/.%: requirements/%.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes --no-deps -r $<
	$(INSTALL) --no-deps --no-build-isolation --no-index --editable .
	touch $@

# Chatterbox's own requirements conflict with everything else, so they are ignored.
$(VENV)/.chatterbox: requirements/chatterbox.txt $(VENV)/.xtts
	$(INSTALL) --require-hashes --no-deps -r $<
	touch $@

# JavaScript clients that the tests run.
$(VENV)/.javascript: tests/javascript/package-lock.json | system-packages $(BIN)/python
	@npm ci --prefix tests/javascript --ignore-scripts --no-audit --no-fund --silent && touch $@ || \
	  echo "WARNING: npm could not install the JavaScript clients; tests that need them are skipped" >&2

# The browser tests need Chromium (the headless build takes a third less processor time), those of the
# history PostgreSQL, those of JavaScript clients npm, those of audiobooks ffprobe, and EPUBCheck Java.
# Without them, the tests that need them are skipped and counted; with CI=true they fail.
# Only what is missing is asked for: who has npm from elsewhere can't install Debian's beside it.
system-packages:
	@missing=; \
	add() { missing="$$missing $$1"; }; \
	command -v $(CHROMIUM) >/dev/null || add $(CHROMIUM); \
	command -v npm >/dev/null || add npm; \
	command -v ffprobe >/dev/null || add ffmpeg; \
	command -v java >/dev/null || add default-jre-headless; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || add postgresql; \
	if [ "$$missing" ] && [ "$$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get -o DPkg::Lock::Timeout=300 update -qq && apt-get -o DPkg::Lock::Timeout=300 \
	    install -y -qq --no-install-recommends $$missing >/dev/null; } || \
	  echo "WARNING:$$missing could not be installed (see above); tests that need them are skipped" >&2; \
	fi

# The tests of docs/proxy.md need it.
nginx:
	@if [ "$$(id -u)" = 0 ] && [ -f /etc/debian_version ] && ! [ -x /usr/sbin/nginx ]; then \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light >/dev/null; } || \
	  echo "WARNING: nginx could not be installed (see above); tests that need it are skipped" >&2; \
	fi

# The clients need other versions of what Aloud is made of.
.venv-clients/.installed: requirements/clients.txt | $(BIN)/python
	$(PYTHON) -m venv --clear .venv-clients
	.venv-clients/bin/python $(PIP) --require-hashes --no-deps -r $<
	touch $@

clean:
	rm -rf $(VENV) .venv-newest .venv-clients .mypy_cache .pytest_cache .ruff_cache .hypothesis
