# Usher. `make` alone tells what there is.
#
# What is missing is installed into the project and nowhere else: the wasm target by rustup, Envoy into .venv.

SHELL := /bin/bash
ENVOY_VERSION := 1.40.0
WASM_TARGET := wasm32-wasip1
WASM := target/$(WASM_TARGET)/release/usher_filter.wasm
# 600 KiB. Each worker of each proxy compiles the module and keeps it, so a feature has to be worth its bytes.
WASM_BUDGET := 614400
STAMP := target/.toolchain-is-there
ENVOY_PATH := target/.envoy-path

# Everything below knows where things are built, whatever the environment says.
export CARGO_TARGET_DIR := $(CURDIR)/target
export USHER_ENVOY = $(shell cat $(ENVOY_PATH) 2>/dev/null)

# Says in one sentence what is missing and how it is come by.
need = command -v $(1) >/dev/null 2>&1 || { echo "Usher needs $(1), which is not here: $(2)" >&2; exit 1; }

.PHONY: help run test up down build size bench v8 instructions memory setup envoy lint purity clean faults sabotage fuzz timing interleaved
.DEFAULT_GOAL := help

help:
	@echo "Usher: SCIM 2.0 inside the proxy you already have."
	@echo
	@echo "  make run     set up, build, start Envoy and a user service, and watch Okta's first day"
	@echo "  make test    everything that proves it"
	@echo "  make up      the same stack in the background; then:  . .run/env"
	@echo "  make down    stop it"
	@echo
	@echo "  make faults  25 kinds of fault, and that nothing is lost (QUICK=1: ten seconds each)"
	@echo "  make memory  what Envoy takes of memory: stalled bodies, 200 configurations, MINUTES=15 of work"
	@echo "  make fuzz    nine fuzzers, an hour each (QUICK=1: thirty seconds each)"
	@echo "  make build   the module ($(WASM)) and the programs"
	@echo "  make bench   what Usher costs in Envoy, beside an Envoy that only forwards; QUICK=1 for a first impression"
	@echo "  make v8      what the module costs in V8 alone, without a proxy"
	@echo "  make instructions   what typical operations of the core cost, counted by valgrind"
	@echo "  make timing  whether the time of a comparison tells anything about a token"
	@echo "  make interleaved  200,000 requests of eight customers at once, some broken off, and nothing crosses"
	@echo "  make suites  the public SCIM suites; REPLICAS=3: through three Envoys, each request to the next"
	@echo "  make size    how large the module is, and whether that is still small"
	@echo "  make image   the module as an OCI image (target/image), for Istio and Envoy Gateway"
	@echo "  make release VERSION=0.1.0   everything a release has (target/release-0.1.0)"
	@echo "  make docs-check  links and code of every page"
	@echo "  make component   the core as a WebAssembly component, and its npm package (target/component)"
	@echo "  make playground  a page that shows what a request becomes (target/playground/index.html)"
	@echo "  make lint    formatting, clippy, and that the core knows no proxy"
	@echo "  make clean   forget what was built, not what was set up"
	@echo
	@echo "PORT=8080 SERVICE_PORT=9000 ADMIN_PORT=9901 choose ports; KEEP=1 keeps the store; CONSOLE=1 opens the console; ENVOY=/path takes your Envoy."

run: build
	@target/debug/usher-stack run

up: build
	@target/debug/usher-stack up

down:
	@if [ -x target/debug/usher-stack ]; then target/debug/usher-stack down; else echo "Nothing was up."; fi

# cargo test runs last, so that its own summary is the last line.
test: lint build sabotage component-test browser-test
	cargo test --workspace

build: setup
	cargo build --release --package usher-filter --target $(WASM_TARGET)
	cargo build --workspace --exclude usher-filter --bins

# The component imports nothing: it is made for a target without a system, by the linker that comes with Rust.
HOST := $(shell rustc -vV | sed -n 's/^host: //p')
COMPONENT_TARGET := wasm32-unknown-unknown
COMPONENT := target/component/usher.wasm
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER = $(shell rustc --print sysroot)/lib/rustlib/$(HOST)/bin/wasm-component-ld

.PHONY: component component-test tools
component: setup tools
	cargo build --release --package usher-component --target $(COMPONENT_TARGET)
	@mkdir -p $(dir $(COMPONENT)) && cp target/$(COMPONENT_TARGET)/release/usher_component.wasm $(COMPONENT)
	@component/package.sh
	@ls -l $(COMPONENT) target/component/*.tgz | awk '{print $$9 ": " $$5 " bytes"}'

# In Node and in Python; in Rust it is one of the tests of the workspace.
component-test: component build target/python/.is-there
	target/debug/usher-translations > target/component/translations.jsonl
	cd target/component && node --test --test-reporter=dot node.test.mjs
	cd target/component && ../tools/node_modules/.bin/tsc --noEmit --strict --module nodenext --types '' types.ts
	target/python/bin/python target/component/test_python.py

# One file that needs nothing else.
.PHONY: playground browser-test
playground: component
	@node playground/build.mjs target/component/package target/playground

browser-test: playground build
	node --test --test-reporter=dot playground/test/
	@if command -v chromium >/dev/null; then node --test --test-reporter=dot browser-tests/*.test.mjs; \
	else echo "NOT RUN: the playground and the console in a browser. There is no chromium here (Debian: apt install chromium)."; fi

# Of both pages, for the documentation (docs/images). Look at them before they are committed.
.PHONY: pictures
pictures: playground build
	node browser-tests/pictures.mjs

tools: target/tools/.is-there
target/tools/.is-there: tools/package-lock.json
	@$(call need,npm,install Node.js 20 or newer)
	@mkdir -p $(@D) && cp tools/package.json tools/package-lock.json $(@D)
	@# Not `npm ci`: that wants the packages of every other system in the lock as well.
	cd $(@D) && npm install --no-audit --no-fund --silent
	@touch $@

target/python/.is-there: component/test/requirements.txt
	@$(call need,python3,install Python 3 with venv)
	python3 -m venv $(@D) && $(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

size: build
	@cargo build --quiet --release --package usher-filter --target $(WASM_TARGET) --no-default-features --target-dir target/bare
	@bytes=$$(wc -c < $(WASM)) || exit 1; echo "The module has $$bytes bytes of the $(WASM_BUDGET) it may have."; \
	echo "Without the console and events about directories it would have $$(wc -c < $(subst target/,target/bare/,$(WASM)))."; \
	if [ $$bytes -gt $(WASM_BUDGET) ]; then \
	  echo "That is too much: find what grew, or say in the Makefile why it may." >&2; exit 1; \
	fi

# Under ten minutes, and under one with QUICK=1; ONLY=users and the like measures a part (docs/performance.md).
bench: build
	cargo build --release --package usher-filter --features least --target $(WASM_TARGET) --target-dir target/least
	@target/debug/usher-bench $(ONLY)

# The same module in Node's V8, where its caches are its own: figures that another program hardly disturbs.
v8: build
	@$(call need,node,https://nodejs.org)
	@node --no-liftoff bench/v8.mjs $(WASM)

instructions: setup
	cargo build --profile counted --package usher-bench --no-default-features --bin usher-operations
	@bench/count

# More than 100,000 operations; the last line has every count, and all of them must be 0.
faults: build sabotage
	@target/debug/usher-faults $(if $(filter-out 0,$(QUICK)),--quick)

# Twenty minutes; ends with 1 where there is more than there may be.
memory: build
	@target/debug/usher-memory $(MINUTES)

# Two at a time. What they find is played by every `make test` from then on.
fuzz:
	@fuzz/run $(if $(filter-out 0,$(QUICK)),30,3600)

# The wrong filter that shows that the harness can find something.
sabotage: setup
	cargo build --profile sabotage --package usher-filter --features sabotage --target $(WASM_TARGET)

lint: setup
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --package usher-filter --target $(WASM_TARGET) -- -D warnings
	cargo clippy --package usher-filter --target $(WASM_TARGET) --features sabotage -- -D warnings
	cargo clippy --package usher-filter --target $(WASM_TARGET) --features least -- -D warnings
	@$(MAKE) --no-print-directory purity

timing: setup
	cargo test --release --package usher-gateway --lib -- --ignored --nocapture timing

# Suites that nobody here wrote (USHER_SUITES says where they are), against one Envoy or, with REPLICAS=3, three in turn.
.PHONY: suites
suites: build
	@REPLICAS=$(REPLICAS) .ci/suites $(ONLY)

interleaved: build
	USHER_INTERLEAVED=200000 cargo test --package usher-host-tests --test envoy -- --nocapture interleaved

# The core decides and knows no proxy.
purity:
	@tree=$$(cargo tree --package usher-gateway --edges normal) || exit 1; \
	if grep -E 'proxy-wasm|wit-bindgen' <<<"$$tree"; then \
	  echo "usher-gateway must depend on neither proxy-wasm nor wit-bindgen" >&2; exit 1; \
	fi; echo "usher-gateway knows no proxy."

# The version of the workspace, which a release and an image have.
VERSION ?= $(shell sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)

# An OCI image of the module, and its digest.
.PHONY: image
image: build
	@release/image $(WASM) $(VERSION) target/image
	@echo "It is in target/image. To push it:  skopeo copy oci:target/image:$(VERSION) docker://<registry>/usher:$(VERSION)"

# Everything a release has, in target/release-VERSION.
.PHONY: release
release: build
	@release/release $(VERSION) $(WASM) target/release-$(VERSION)

# Part of `make test` as well: links, anchors, blocks of code.
.PHONY: docs-check
docs-check: build
	cargo test --package usher-host-tests --test docs

clean:
	@$(MAKE) --no-print-directory down
	cargo clean

setup: $(STAMP) envoy

$(STAMP): rust-toolchain.toml
	@$(call need,git,install git)
	@$(call need,cc,install a C compiler and linker such as gcc or clang)
	@$(call need,cargo,install Rust from https://rustup.rs)
	@sysroot=$$(rustc --print sysroot) || exit 1; if ! [ -d "$$sysroot/lib/rustlib/$(WASM_TARGET)" ]; then \
	  $(call need,rustup,the wasm target of Rust is missing and rustup installs it: https://rustup.rs); \
	  rustup target add $(WASM_TARGET); \
	fi; if ! [ -d "$$sysroot/lib/rustlib/$(COMPONENT_TARGET)" ]; then rustup target add $(COMPONENT_TARGET); fi
	@mkdir -p $(@D) && touch $@

# Quick when there is one: ENVOY=, the one on the PATH, or the one in .venv.
envoy:
	@mkdir -p $(dir $(ENVOY_PATH))
	@ENVOY="$(ENVOY)" ENVOY_VERSION=$(ENVOY_VERSION) .ci/find-envoy > $(ENVOY_PATH).new
	@mv $(ENVOY_PATH).new $(ENVOY_PATH)
