# smsbridge: build, run, test. Go and a C compiler are enough for all but the
# tests against other people's programs, which say what they miss.

GO      ?= go
PREFIX  ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  = -X main.version=$(VERSION)

.PHONY: all run test check lint race fuzz fuzz-targets bench generate shots install clean

all: smsbridge

smsbridge: FORCE
	$(GO) build -trimpath -ldflags "$(LDFLAGS)" -o $@ ./cmd/smsbridge
FORCE:

# The whole bridge with two pretend modems and a handset to play the customer.
run: smsbridge
	./smsbridge serve --demo

# Everything that must hold. SMSBRIDGE_TEST_ALL=1 turns "this program is not
# installed" from a skip into a failure, as CI does.
# TESTFLAGS are for go test, as in TESTFLAGS="-run Offer".
TESTFLAGS ?=
test: check
	$(GO) test $(TESTFLAGS) ./...

check:
	@test -z "$$(gofmt -l cmd modem pdu bridge storage)" || { gofmt -l cmd modem pdu bridge storage; echo "gofmt would change these files"; exit 1; }
	$(GO) vet ./...

# What tools of others see in the source; it fetches them.
lint:
	.ci/lint

race:
	$(GO) test -race ./pdu ./modem/... ./storage/... ./bridge/...

# Each fuzz target for so long. The limit on minimizing keeps a find from
# eating the whole time.
FUZZTIME ?= 45s
FUZZ = pdu:FuzzParseFrame pdu:FuzzParsePush pdu:FuzzAssembler pdu:FuzzSegments modem:FuzzHear modem/at:FuzzParse modem/usb:FuzzParseUevent bridge/mdns:FuzzParse
fuzz:
	@for f in $(FUZZ); do \
		$(GO) test ./$${f%:*} -run '^$$' -fuzz "^$${f#*:}$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x || exit 1; \
	done

fuzz-targets:
	@printf '%s\n' $(FUZZ)

# The figures of README, measured here and now. The codec works on one core, and
# its figures are those of one, the collector's share included.
bench: smsbridge
	$(GO) test -run '^$$' -bench . -benchmem -cpu 1 ./pdu
	$(GO) test -run '^$$' -bench . -benchmem ./modem/... ./storage/... ./bridge/...
	SMSBRIDGE_BENCH=1 $(GO) test -count=1 -v -run '^TestBench' -timeout 20m ./cmd/smsbridge
	SMSBRIDGE_CROWD=1000 $(GO) test -count=1 -v -run '^TestCrowd$$' -timeout 10m ./cmd/smsbridge
	SMSBRIDGE_HOSTILE=10000 $(GO) test -count=1 -v -run '^TestPageByHostileBox$$' -timeout 20m ./cmd/smsbridge
	SMSBRIDGE_FOLLOW=100000 $(GO) test -count=1 -v -run '^TestFollow_through_everything$$' -timeout 20m ./cmd/smsbridge

# The page: TypeScript in bridge/web/page/src to what is embedded.
generate:
	$(GO) test ./bridge/web -count=1 -run '^TestPageBuilt$$' -update-page

install: smsbridge
	install -D -m 0755 smsbridge $(DESTDIR)$(PREFIX)/bin/smsbridge
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(SYSCONFDIR)
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|; s|/etc/smsbridge.conf|$(SYSCONFDIR)/smsbridge.conf|' cmd/smsbridge/smsbridge.service > $(DESTDIR)$(UNITDIR)/smsbridge.service
	chmod 0644 $(DESTDIR)$(UNITDIR)/smsbridge.service
	test -e $(DESTDIR)$(SYSCONFDIR)/smsbridge.conf || install -m 0644 cmd/smsbridge/smsbridge.conf $(DESTDIR)$(SYSCONFDIR)/smsbridge.conf

clean:
	rm -f smsbridge

# Pictures of each screen, wide, narrow, dark and from right to left.
SHOTS ?= shots
shots:
	SMSBRIDGE_SHOTS=$(abspath $(SHOTS)) $(GO) test -count=1 -run '^TestShots$$' ./cmd/smsbridge
