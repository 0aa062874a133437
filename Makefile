# Two commands: `make site` installs what is needed and serves the base; `make tests` runs every check.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: site tests lint bench clean
site: $(INSTALLED)
	$(BIN)/kb serve

tests: $(INSTALLED) lint
	$(BIN)/pytest -q -n auto --dist loadgroup

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/kb check

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 ou plus récent est nécessaire : make PYTHON=python3.12 site"; exit 1; }
	@echo "1/3 Environnement Python, dans .venv"
	@$(PYTHON) -m venv .venv
	@echo "2/3 Bibliothèques : une minute environ, selon le réseau"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "3/3 Le programme"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv
	find index -mindepth 1 ! -name README.md -delete
