# Everything a developer or CI runs. `make demo` and `make test` need a Go toolchain and nothing else.

GO          ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
CLIENTS     := internal/sim/testrailsim/testdata/clients
TARGETS     := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
FUZZTIME    ?= 3s
SOAKTIME    ?= 10m
MUTANTS     ?= 1
BIN         := bin/rollcall

.PHONY: build test check fmt vet staticcheck tidy fuzz soak mutants cross dist reproducible test-clients actionlint examples-check bench demo golden clean

build:
	CGO_ENABLED=0 $(GO) build -trimpath -o $(BIN) ./cmd/rollcall

# Every test, once, and then a search for the keys of tests in all that they print.
test:
	GO=$(GO) sh .ci/test

# Everything that guards quality. test holds the architecture and the examples too.
check: fmt vet staticcheck tidy test cross reproducible fuzz test-clients actionlint examples-check

fmt:
	@out=$$(gofmt -l cmd docs internal schema examples); test -z "$$out" || { echo "not formatted:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./...

# Pinned, and run from its own module: a tool's dependencies do not become ours.
staticcheck:
	$(GO) run $(STATICCHECK) ./...

tidy:
	$(GO) mod tidy -diff
	$(GO) mod verify

# Each fuzz target for FUZZTIME, its committed corpus first.
fuzz:
	FUZZTIME=$(FUZZTIME) sh .ci/fuzz

# What CI takes samples of, in full, on every tool: every fault at every request of an apply, twice in a run and for the rest
# of it, and of a reading and an undo; a crash after each request under everything that nobody knows of a tool; 12,000 random
# runs against somebody else who edits at the same time, from a new seed that is printed (ROLLCALL_SOAK=SEED repeats one);
# then each fuzz target for SOAKTIME. It prints how many runs there were. Hours; the first part alone takes less than one:
# make soak SOAKTIME=1s.
soak:
	ROLLCALL_SOAK=$${ROLLCALL_SOAK:-1} $(GO) test -count=1 -timeout 2h -v -run '^(TestReads|TestFaultMatrix|TestUndo|TestCrash|TestAdversary)$$' ./internal/provider/conform
	FUZZTIME=$(SOAKTIME) sh .ci/fuzz

# Takes each safety rule out of the code, one at a time, and sees that the tests beside it in docs/safety.md fail. Some
# minutes; `make mutants MUTANTS=internal/httpx` takes those whose file or rule matches.
mutants:
	ROLLCALL_MUTANTS='$(MUTANTS)' $(GO) test -count=1 -timeout 30m -v -run '^TestMutants$$' ./internal/archtest

cross:
	@for target in $(TARGETS); do \
		echo "build $$target"; \
		GOOS=$${target%/*} GOARCH=$${target#*/} CGO_ENABLED=0 $(GO) build -trimpath -o /dev/null ./cmd/rollcall || exit 1; \
	done

# A release: one archive a target and SHA256SUMS, in dist. The version is the tag of the commit, or made of its time and hash.
dist:
	$(GO) run ./cmd/dist --out dist $(TARGETS)

# Builds and packs one target twice, in two folders, and compares every byte.
reproducible:
	GO=$(GO) .ci/dist

# A client from npm that nobody here wrote drives the simulator. Needs node; development only.
test-clients: build
	cd $(CLIENTS) && npm ci --ignore-scripts --no-audit --no-fund --silent
	cd $(CLIENTS) && ROLLCALL_SIM="$(CURDIR)/$(BIN)" node --test --test-reporter=spec

# The workflows of examples/ci, by a tool that knows the language. It also asks shellcheck, where that is installed.
actionlint:
	GO=$(GO) .ci/actionlint

# Examples that are files of others, by the code of those others: a module of its own, so that theirs does not become ours.
examples-check:
	cd .ci/examples && test -z "$$(gofmt -l .)" && $(GO) vet ./... && $(GO) test ./...

# Speed and memory, printed. Benchmarks are never a test that a slow machine fails.
bench:
	$(GO) test -run '^$$' -bench . -benchmem -benchtime 3x ./internal/spec ./internal/plan ./internal/sim/testrailsim ./internal/provider/testrail ./internal/cli

demo: build
	@sh examples/demo/demo.sh $(BIN)

# Rewrite the golden files; read the diff before you commit it.
golden:
	$(GO) test ./internal/render -update
	$(GO) test ./internal/cli -run TestScript -update
	$(GO) test ./internal/archtest -run TestSafetyPage_listsEveryRule -update
	$(GO) test ./docs -update

clean:
	rm -rf bin dist $(CLIENTS)/node_modules
