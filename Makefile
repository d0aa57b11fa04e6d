# Every target sets up .venv first, if it is missing or older than the dependencies.
# Without make (Windows): the README gives the same lines as `python -m ...`.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --quiet
READY := $(VENV)/.ready

.PHONY: setup demo test coverage parity lint wheel renders benchmarks campaigns tex clean

setup: $(READY)

# torch comes first and alone: resolved together with the rest, an unpinned one may pull gigabytes of GPU packages.
$(READY): pyproject.toml constraints.txt
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PIP) torch==2.13.0 -c constraints.txt
	$(PIP) -e ".[train,demo,dev]" -c constraints.txt
	touch $@

demo: $(READY)
	$(PY) examples/demo.py

# A process for each core, which takes whole files: what one file makes once stays in one process.
test: $(READY)
	$(PY) -m pytest -n auto --dist loadfile

# Every branch of the reader, the checks and the emitter, by the tests that concern them.
coverage: $(READY)
	$(PY) -m coverage run -m pytest tests/lang tests/bad tests/check tests/emit tests/compiler
	$(PY) -m coverage report

# Against the originals, in a package that the rest does without; Python 3.11 and later.
parity: $(READY)
	$(PIP) -e ".[parity]" -c constraints.txt
	$(PY) -m pytest tests/parity

lint: $(READY)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy archgraph
	$(VENV)/bin/lint-imports

# The wheel in an environment that holds nothing else, torch least of all: it must check and draw a spec that ships in it.
wheel: $(READY)
	rm -rf build/wheel build/empty
	$(PY) -m pip wheel --disable-pip-version-check --quiet --no-deps --wheel-dir build/wheel .
	$(PY) -m venv build/empty
	build/empty/bin/python -m pip install --disable-pip-version-check --quiet -c constraints.txt build/wheel/*.whl
	cd build/empty && bin/archgraph new transformer && bin/archgraph check transformer.yaml && \
		bin/archgraph render transformer.yaml -o transformer.svg && bin/archgraph summary transformer.yaml

renders: $(READY)
	$(PY) examples/renders.py

benchmarks: $(READY)
	$(PY) -m benchmarks

campaigns: $(READY)
	$(PY) -m pytest -m slow

# What is written for TeX goes through TeX, which is installed where it is missing and that can be done.
tex: $(READY)
	PYTHON=$(PY) .ci/tex

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
