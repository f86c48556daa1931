# make test       what CI runs; installs what it needs on Debian as root or in CI
# make test-long  the long variants of the same tests
# make fuzz       every fuzz target for FUZZTIME each (default 10s)
# make bench      all benchmarks
# make softtoken  the software token as a PKCS #11 module
# make clean      removes what tests and builds leave behind

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

GO       ?= go
FUZZTIME ?= 10s
TOOL      = $(GO) tool -modfile=internal/tools/go.mod

# Debian packages the tests talk to.
PACKAGES = build-essential libssl-dev ca-certificates libengine-gost-openssl gnutls-bin libxml2-utils curl poppler-utils valgrind \
	postgresql strace opensc softhsm2

.PHONY: softtoken test deps format vet lint vulnerabilities build generated test-386 test-race test-all test-long bench fuzz clean

test: deps format vet lint vulnerabilities build generated test-386 test-race test-all

deps:
	@missing=; for p in $(PACKAGES); do \
		[ "$$(dpkg-query -W -f='$${Status}' $$p 2>/dev/null)" = 'install ok installed' ] || missing="$$missing $$p"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing:$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	elif command -v apt-get >/dev/null && [ "$${CI:-}" = true ] && command -v sudo >/dev/null; then \
		echo "installing:$$missing"; \
		sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
		echo "missing, please install (names of Debian packages):$$missing"; exit 1; \
	fi

format:
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi

# Workplaces run Windows and macOS too: their files are vetted as well.
vet:
	$(GO) vet ./...
	CGO_ENABLED=0 GOOS=windows $(GO) vet ./...
	CGO_ENABLED=0 GOOS=darwin $(GO) vet ./...

lint:
	$(TOOL) staticcheck ./...

# The vulnerability database may be out of reach; that alone is no failure.
vulnerabilities:
	@out=$$($(TOOL) govulncheck ./... 2>&1) && status=0 || status=$$?; \
	if [ $$status -ne 0 ] && grep -qE 'fetching vulnerabilities|dial tcp|no such host|Forbidden|connection refused|proxyconnect' <<<"$$out"; then \
		echo "govulncheck: the vulnerability database cannot be reached; not checked"; \
	else echo "$$out"; exit $$status; fi

build:
	CGO_ENABLED=0 $(GO) build ./...

# Generated files must be what their generators make.
generated:
	@before=$$(git ls-files -s -m 2>/dev/null | git hash-object --stdin; git diff | git hash-object --stdin); \
	$(GO) generate ./...; \
	after=$$(git ls-files -s -m 2>/dev/null | git hash-object --stdin; git diff | git hash-object --stdin); \
	if [ "$$before" != "$$after" ]; then echo "go generate changes these files:"; git diff --stat; exit 1; fi

# 32-bit arithmetic, where the machine runs it.
test-386:
	@if GOARCH=386 CGO_ENABLED=0 $(GO) run internal/tools/hello.go >/dev/null 2>&1; then \
		echo "GOARCH=386"; GOARCH=386 CGO_ENABLED=0 $(GO) test -short ./gost/... ./csr/...; \
	else echo "GOARCH=386: this machine does not run 32-bit programs; not tested"; fi

# Nothing may skip: SURGUCH_NOSKIP makes a missing program a failure, and the
# script refuses a run in which any test skipped.
# token/pfx derives keys from passwords, for minutes under the race detector.
test-race:
	SURGUCH_NOSKIP=1 GO=$(GO) internal/tools/gotest.sh -race -short $$($(GO) list ./... | grep -v /token/pfx$$)

test-all:
	SURGUCH_NOSKIP=1 GO=$(GO) internal/tools/gotest.sh ./...

test-long: deps
	SURGUCH_NOSKIP=1 SURGUCH_LONG=1 GO=$(GO) internal/tools/gotest.sh -timeout 60m ./...

# The module, and the two lines that start the token behind it.
softtoken:
	@mkdir -p bin && $(CC) -std=c99 -O2 -fPIC -fvisibility=hidden -shared -pthread -Wl,-Bsymbolic -o bin/libsofttoken.so examples/softtoken/shim/*.c
	@$(GO) build -o bin/softtoken ./examples/softtoken
	@echo "$(CURDIR)/bin/libsofttoken.so"
	@echo 'export SURGUCH_SOFTTOKEN=$$HOME/.softtoken.sock'
	@echo '$(CURDIR)/bin/softtoken serve -dir $$HOME/.softtoken -profile rutoken-ecp2 &'

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

fuzz:
	GO=$(GO) FUZZTIME=$(FUZZTIME) internal/tools/fuzz.sh ./...

clean:
	$(GO) clean -testcache
	rm -rf bin
	find . -name '*.test' -o -name '*.out' -o -name '*.prof' | xargs -r rm -f
