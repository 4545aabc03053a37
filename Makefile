# Every command a person needs. `make` alone prints them.

PYTHON ?= python3
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
DATA_DIR ?= .visavis
EXAMPLES ?= 300

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests embeddings whisper run check test test-full fuzz bench bench-faces lock docs

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv, install what is missing, build the Lab (a second run takes about a second)
	@$(PYTHON) scripts/setup.py

setup-tests: ## The same, and what the tests need: Chromium, PostgreSQL, the official clients
	@$(PYTHON) scripts/setup.py --tests

embeddings: ## The same as setup, and the embedding model for knowledge (VISAVIS_EMBEDDINGS=minilm)
	@$(PYTHON) scripts/setup.py --embeddings

whisper: ## The same as setup, and the recogniser of the Whisper kind (VISAVIS_EARS=whisper)
	@$(PYTHON) scripts/setup.py --whisper

run: setup ## Serve on http://127.0.0.1:8000 (HOST=, PORT= and DATA_DIR= change that)
	@exec $(BIN)/visavis serve --link --host $(HOST) --port $(PORT) --data-dir $(DATA_DIR)

check: setup ## Format, lint, types and import contracts; no tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports --no-logo

test: setup-tests ## Everything that gates a change
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest -m "not slow" -n 2 --dist loadfile

test-full: setup-tests ## The same and the slow matrices
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest -n 2 --dist loadfile

fuzz: setup-tests ## Send every route what its description allows and forbids; takes minutes (EXAMPLES=)
	@VISAVIS_FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/pytest tests/http/test_schemathesis.py

bench: setup-tests ## Measure speed and print one table; takes minutes and wants an idle machine
	@$(BIN)/python -m bench.run
	@$(BIN)/python -m bench.sessions

bench-faces: setup-tests ## The same for faces: what a picture costs, whether lips fit, how many talk at once
	@$(BIN)/python -m bench.faces_all

docs: setup ## Write the generated pages of docs/ anew
	@$(BIN)/python -m scripts.docs

lock: setup ## Resolve the dependencies anew
	@$(BIN)/python -m scripts.lock
