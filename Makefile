# Everything runs in .venv, which is made on first use and reused afterwards.
# Needs Python 3.11 or newer, make and git; what else is missing comes from apt when run as root.

VENV := .venv
BIN := $(VENV)/bin
CITY := $(firstword $(sort $(notdir $(wildcard data/ledgers/*))))
OUT := out/$(CITY)
PORT := 8000

.DEFAULT_GOAL := demo
.PHONY: demo test lint fmt serve docs pictures build clean

demo: $(VENV)/.run-installed
	$(BIN)/kg demo --out $(OUT)

test: $(VENV)/.test-installed
	@bash .ci/browser
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: $(VENV)/.test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: $(VENV)/.test-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The maps and reports that `make demo` wrote, on this machine only.
serve: $(OUT)/index.html
	@echo "http://127.0.0.1:$(PORT)/"
	$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory $(OUT)

$(OUT)/index.html:
	$(MAKE) demo

docs: $(VENV)/.test-installed
	$(BIN)/python docs/generate.py

pictures: $(VENV)/.test-installed
	@bash .ci/browser
	$(BIN)/python docs/pictures.py

build: $(VENV)/.test-installed
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) out dist .kg .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.run-installed: pyproject.toml .ci/venv
	bash .ci/venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable .
	touch $@

$(VENV)/.test-installed: $(VENV)/.run-installed
	$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[test]'
	touch $@
