# What people do with the project; everything else is cargo.

ifdef CI
# Compiled once, outside the checkout, for all clones on a machine.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/chancery/target
endif
TARGET := $(or $(CARGO_TARGET_DIR),target)
PYTHON := $(TARGET)/python/bin/python
export CHANCERY_PYTHON := $(abspath $(PYTHON))
export INSTA_UPDATE ?= no

.PHONY: demo test setup check bench schemas

## Build, load the real facts into a new folder `demo/`, write its report and check it.
demo: setup
	cargo build --locked --bin chancery
	$(TARGET)/debug/chancery demo

## Every test.
test: setup
	cargo nextest run --workspace --locked

## What is needed besides a Rust toolchain and Python 3, once: cargo-nextest from crates.io; from
## PyPI lxml, and pyIATI for the official schema of IATI, by which a test validates what we write.
setup:
	@test -x $(PYTHON) || { python3 -m venv $(TARGET)/python \
		&& $(PYTHON) -m pip install --quiet lxml \
		&& $(PYTHON) -m pip install --quiet --no-deps pyIATI==0.4.1; }
	@command -v cargo-nextest >/dev/null || cargo install --locked cargo-nextest

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
