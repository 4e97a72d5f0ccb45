# Needs Go and make, nothing else (race: a C compiler too). ARGS goes to the command or to go test:
#   make demo ARGS='--for 10s'        make test ARGS='-count=1 -run Circular'

LIBRARY     := github.com/freeswytch/freeswytch
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

ARGS     ?=
BENCH    ?=
WHAT     ?= model runtime
FUZZ     ?= ^Fuzz
FUZZTIME ?= 10s

# "./..." stops at nested modules; "work" is every package of every module in go.work.
ALL := work
export GOWORK := $(CURDIR)/go.work

.DEFAULT_GOAL := help
.PHONY: help demo test race bench lint fuzz tidy

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s  %s\n", $$1, $$2 }' Makefile

demo: ## show the command at work on a simulated switch (ARGS='--for 10s')
	@go run ./fsw/cmd/fsw demo $(ARGS)

test: ## run the tests of all modules (ARGS='-run Name -v')
	go test $(ARGS) $(ALL)

race: ## run them under the race detector (needs cgo: a C compiler)
	@case "$$(go env GOOS)/$$(go env CGO_ENABLED)" in \
	darwin/*|*/1) ;; \
	*) echo "make race: the race detector needs cgo: install a C compiler such as gcc, and leave CGO_ENABLED unset" >&2; exit 1 ;; \
	esac
	go test -race $(ARGS) $(ALL)

bench: ## compare with other libraries (ARGS=-short, WHAT=model or runtime), or run benchmarks (BENCH=regexp)
ifeq ($(BENCH),)
	@for what in $(WHAT); do go run ./internal/bench/$$what $(ARGS) || exit 1; done
else
	go test -run '^$$' -bench '$(BENCH)' -benchmem $(ARGS) $(ALL)
endif

lint: ## gofmt, go vet and staticcheck over all modules
	@unformatted=$$(gofmt -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "make lint: not gofmt'ed:" >&2; echo "$$unformatted" >&2; exit 1; fi
	go vet $(ALL)
	go run $(STATICCHECK) $(ALL)

fuzz: ## fuzz every Fuzz function for a while (FUZZTIME=10s FUZZ=regexp)
	@bash .ci/fuzz '$(FUZZ)' '$(FUZZTIME)' $(ALL)

tidy: ## go mod tidy in all modules
	GOWORK=off go mod tidy
	$(call tidy-nested,fsw/cmd/fsw,../../..)
	$(call tidy-nested,internal/bench,../..)

# $(1) requires the library at v0.0.0, which no proxy has: go.work puts this tree in its place, and a
# replace does while tidy, which knows no go.work, runs. It must not stay: "go install …/fsw/cmd/fsw@v1.2.3"
# refuses a module with a replace. The requirement is put back for a module that does not use the library yet.
define tidy-nested
cd $(1) && export GOWORK=off && go mod edit -replace=$(LIBRARY)=$(2) && \
	{ go mod tidy; tidied=$$?; \
	go mod edit -dropreplace=$(LIBRARY) -require=$(LIBRARY)@v0.0.0 && exit $$tidied; }
endef
