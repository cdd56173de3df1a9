# The commands of everyday work. `make` lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install run test lint format types bench lock image

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "%-8s %s\n", $$1, $$2}' Makefile

install: $(BIN)/.installed  ## create .venv with everything that the app and its tests need

$(BIN)/.installed: requirements.txt requirements-dev.txt requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -r requirements-dev.txt
	touch $@

run: install  ## start the app; a page runs again when its code is saved
	$(BIN)/streamlit run app.py --server.fileWatcherType auto --server.runOnSave true

test: install  ## run the tests, in two processes
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: install  ## check the style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: install  ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: install  ## check the types of the library
	$(BIN)/mypy nnlib

bench: install  ## measure a training step; `python -m benchmarks` lists the other benchmarks
	$(BIN)/python -m benchmarks step

# torch is left out: it differs from machine to machine, and brings along CUDA packages on some.
lock:  ## update requirements.lock
	: > requirements.lock
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet -r requirements-dev.txt
	echo "# What requirements-dev.txt brings along. Made by: make lock" > requirements.lock
	build/lock/bin/pip freeze | grep -viE '^(torch|torchvision|nvidia|cuda|triton)' >> requirements.lock
	rm -rf build/lock

image:  ## build the Docker image
	docker build -t backprop-lab .
