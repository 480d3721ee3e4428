# SPDX-License-Identifier: GPL-3.0-or-later
# One makefile, not recursive: objects of a mode (plain, debug, asan, coverage,
# fuzz) lie under build/MODE and never meet those of another; a target that
# needs another mode asks make again with MODE set. scripts/deps installs the
# tools.

VERSION := 0.1.0

PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
ORACLE_SECONDS ?= 60
MINUTES ?= 10
CFLAGS ?= -O2 -g
# Only from the command line: names too common to take from the environment.
MODE := plain
BUILD := build
TEST :=
PYTHON := /usr/bin/python3

O := $(BUILD)/$(MODE)
DATA := $(PREFIX)/share/sekisho
MAN := $(PREFIX)/share/man

# ---- what there is

TOPOLOGY_SOURCES := $(sort $(wildcard topology/*.c topology/*/*.c))
PROBE_SOURCES := $(sort $(filter-out %/main.c,$(wildcard probe/*.c)))
VERIFIER_SOURCES := $(sort $(filter-out %/main.c,$(wildcard verifier/*.c)))
MAINS := $(wildcard probe/main.c verifier/main.c)
PROGRAMS := $(if $(filter probe/%,$(MAINS)),$(O)/sekisho-probe) \
	$(if $(filter verifier/%,$(MAINS)),$(O)/sekisho)
LIBRARIES := $(O)/libprobe.a $(O)/libverifier.a $(O)/libtopology.a

UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCH_SOURCES := $(sort $(wildcard tests/bench/bench_*.c))
ORACLE_SOURCES := $(sort $(wildcard tests/oracle/*.c))
# A test links the library of a program only when it includes a header of it.
including = $(if $(and $(1),$(2)),$(shell grep -lE \
	'^ *\# *include *"($(subst $() ,|,$(notdir $(1))))"' $(2)))
ALL_TESTS := $(UNIT_SOURCES) $(FUZZ_SOURCES) $(BENCH_SOURCES) $(ORACLE_SOURCES)
# Or one of the tests' own headers that does, or that includes such a one.
TEST_HEADERS := $(wildcard tests/*/*.h)
reaching = $(1) $(call including,$(1),$(TEST_HEADERS))
linking = $(call including,$(call reaching,$(call reaching,$(1))),$(ALL_TESTS))
WITH_PROBE := $(call linking,$(wildcard probe/*.h))
WITH_VERIFIER := $(call linking,$(wildcard verifier/*.h))

UNIT := $(foreach t,$(UNIT_SOURCES:%.c=$(O)/%),$(if \
	$(or $(if $(TEST),,all),$(findstring $(TEST),$(notdir $(t)))),$(t)))
FUZZ := $(FUZZ_SOURCES:%.c=$(O)/%)
BENCH := $(BENCH_SOURCES:%.c=$(O)/%)
ORACLE := $(ORACLE_SOURCES:%.c=$(O)/%)
GOLDEN := $(wildcard tests/golden/run.py)
RUNNERS := $(GOLDEN) $(sort $(filter-out %/soak.sh,$(wildcard \
	tests/e2e/*.sh))) \
	$(sort $(wildcard tests/property/*.py))

OBJECTS := $(patsubst %.c,$(O)/%.o,$(TOPOLOGY_SOURCES) $(PROBE_SOURCES) \
	$(VERIFIER_SOURCES) $(MAINS) $(ALL_TESTS))

# ---- flags: CFLAGS, CPPFLAGS and LDFLAGS are the user's, the rest is ours

# Each library is asked for once, and only when a recipe needs it.
pkg = $(eval pkg-$(1) := $$(shell pkg-config --cflags --libs $(1) 2>&1))$(if \
	$(filter 0,$(.SHELLSTATUS)),$(pkg-$(1)),$(error \
	the library $(1) is not installed: run scripts/deps as root))
PCAP = $(eval PCAP := $$(call pkg,libpcap))$(PCAP)
NDPI = $(eval NDPI := $$(call pkg,libndpi))$(NDPI)
JSON = $(eval JSON := $$(call pkg,json-c))$(JSON)
# Only the probe's: walls around its processes, and the mute.
LIVE = $(eval LIVE := $$(foreach l,libseccomp libcap-ng libnftnl libmnl,$$(call \
	pkg,$$(l))))$(LIVE)
# Only the verifier's: unpacking and reading workbooks.
SHEET = $(eval SHEET := $$(foreach l,libarchive expat,$$(call \
	pkg,$$(l))))$(SHEET)
# Likewise: decision diagrams, which come without a pkg-config file.
DIAGRAMS := -lbdd
CMOCKA = $(eval CMOCKA := $$(call pkg,cmocka))$(CMOCKA)
LIBS_CFLAGS = $(patsubst -I%,-isystem %,$(filter -I% -D%,$(PCAP) $(NDPI) $(JSON) \
	$(LIVE) $(SHEET)))
LIBS = -Wl,--as-needed $(filter-out -I% -D%,$(PCAP) $(NDPI) $(JSON) $(LIVE) \
	$(SHEET)) $(DIAGRAMS) -lm -lgcrypt

WARNINGS := -Wall -Wextra -Wshadow -Wcast-qual -Wvla -Wmissing-prototypes \
	-Wstrict-prototypes -Wformat=2 $(if $(filter 1,$(WERROR)),-Werror)
DEFINES := -D_GNU_SOURCE -DSEKISHO_VERSION='"$(VERSION)"' \
	-DSEKISHO_DATADIR='"$(DATA)"'
HARDEN_plain := -fstack-protector-strong \
	$(if $(filter-out -O0,$(filter -O%,$(CFLAGS))),-D_FORTIFY_SOURCE=2)
# As plain, and the engine dies of a frame that carries a marker: for tests.
HARDEN_debug := $(HARDEN_plain) -DSEKISHO_DEBUG
HARDEN_asan := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
HARDEN_coverage := --coverage -O0
HARDEN_fuzz := -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
LINK_asan := -fsanitize=address,undefined
LINK_coverage := --coverage
LINK_fuzz := -fsanitize=fuzzer,address,undefined
ifeq ($(MODE),fuzz)
CC := clang
endif

OUR_CFLAGS := -std=c11 $(WARNINGS) $(DEFINES) -fPIE -MMD -MP $(HARDEN_$(MODE))
OUR_LDFLAGS := -pie -Wl,-z,relro,-z,now $(LINK_$(MODE))

INCLUDE_topology := -Itopology
INCLUDE_probe := -Itopology -Iprobe
INCLUDE_verifier := -Itopology -Iverifier
INCLUDE_tests := -Itopology -Iprobe -Iverifier
include-of = $(INCLUDE_$(firstword $(subst /, ,$(1))))

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))

# ---- building

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all check check-asan check-debug metamorphic oracle soak fuzz coverage \
	lint bench install help clean update-golden FORCE

all: $(PROGRAMS) $(LIBRARIES) ## Build both programs under build/plain

# Rebuilt when a flag changes, and an archive when a source comes or goes.
stamp = $(shell mkdir -p $(O); printf '%s\n' '$(subst ','\'',$(2))' | \
	cmp -s - $(O)/$(1).stamp || \
	printf '%s\n' '$(subst ','\'',$(2))' > $(O)/$(1).stamp)
ifneq ($(filter-out help clean lint,$(or $(MAKECMDGOALS),all)),)
$(call stamp,flags,$(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS) $(OUR_CFLAGS))
$(call stamp,libtopology,$(TOPOLOGY_SOURCES))
$(call stamp,libprobe,$(PROBE_SOURCES))
$(call stamp,libverifier,$(VERIFIER_SOURCES))
endif
$(O)/%.stamp: ;

$(O)/%.o: %.c $(O)/flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(OUR_CFLAGS) $(call include-of,$<) $(LIBS_CFLAGS) \
		$(CPPFLAGS) $(CFLAGS) $(if $(filter coverage,$(MODE)),-O0) \
		-c -o $@ $<

$(O)/libtopology.a: $(TOPOLOGY_SOURCES:%.c=$(O)/%.o)
$(O)/libprobe.a: $(PROBE_SOURCES:%.c=$(O)/%.o)
$(O)/libverifier.a: $(VERIFIER_SOURCES:%.c=$(O)/%.o)
$(LIBRARIES): $(O)/%.a: $(O)/%.stamp
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $(filter %.o,$^)

link = $(CC) $(CFLAGS) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	$(filter %.a,$^) $(LIBS)

$(O)/sekisho-probe: $(O)/probe/main.o $(O)/libprobe.a $(O)/libtopology.a
	$(call say,LINK,$@)
	$(Q)$(link)

$(O)/sekisho: $(O)/verifier/main.o $(O)/libverifier.a $(O)/libtopology.a
	$(call say,LINK,$@)
	$(Q)$(link)

$(WITH_PROBE:%.c=$(O)/%): $(O)/libprobe.a
$(WITH_VERIFIER:%.c=$(O)/%): $(O)/libverifier.a
$(UNIT_SOURCES:%.c=$(O)/%) $(FUZZ) $(BENCH) $(ORACLE): $(O)/%: $(O)/%.o $(O)/libtopology.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(OUR_LDFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(filter-out %libtopology.a,$(filter %.a,$^)) \
		$(filter %libtopology.a,$^) $(LIBS) \
		$(if $(filter $(O)/tests/unit/%,$@),$(CMOCKA))

-include $(OBJECTS:.o=.d)

# ---- trying

RUN_TESTS := $(PYTHON) tests/run-tests --build $(O) $(if $(TEST),--only $(TEST))

check: all $(UNIT) $(ORACLE) ## Run every test; make TEST=flow check: those named so
	@$(RUN_TESTS) $(UNIT) $(RUNNERS)

check-asan: ## Unit and golden tests under the address and UB sanitizers
	@$(MAKE) --no-print-directory MODE=asan RUNNERS='$(GOLDEN)' check

check-debug: ## What one packet can do that crashes or hangs an engine
	@FAULTS=markers $(MAKE) --no-print-directory MODE=debug UNIT= \
		RUNNERS=tests/e2e/faults.sh check

update-golden: all ## Write what the golden tests yield as what they expect
	@SEKISHO_BUILD=$(abspath $(O)) SEKISHO_DATADIR=$(abspath topology) \
		$(PYTHON) tests/golden/run.py --update

metamorphic: all ## Every scenario of the lab under every mangle; as root
	@SEKISHO_BUILD=$(abspath $(O)) SEKISHO_DATADIR=$(abspath topology) \
		$(PYTHON) tests/metamorphic/run.py

oracle: all $(ORACLE) ## The kernel against --explain, ORACLE_SECONDS (60); as root
	@SEKISHO_BUILD=$(abspath $(O)) SEKISHO_DATADIR=$(abspath topology) \
		$(PYTHON) tests/oracle/run.py --seconds $(ORACLE_SECONDS)

soak: all ## A live probe under traffic and faults for MINUTES (10); as root
	@SEKISHO_BUILD=$(abspath $(O)) SEKISHO_DATADIR=$(abspath topology) \
		MINUTES=$(MINUTES) bash tests/e2e/soak.sh

fuzz: ## Fuzz every entry FUZZ_SECONDS (60) each; fails on a crash
	@$(MAKE) --no-print-directory MODE=fuzz fuzz-all

.PHONY: fuzz-all
fuzz-all: $(FUZZ)
	@bash tests/fuzz/run $(FUZZ_SECONDS) $(BUILD)/fuzz $(FUZZ)

coverage: ## Coverage of the tests, as text and under build/coverage/html
	@rm -rf $(BUILD)/coverage/html
	@find $(BUILD)/coverage -name '*.gcda' -delete 2>/dev/null; \
		$(MAKE) --no-print-directory MODE=coverage check
	@mkdir -p $(BUILD)/coverage/html
	@gcovr --root . --filter topology/ --filter probe/ --filter verifier/ \
		--object-directory $(BUILD)/coverage \
		--html-details $(BUILD)/coverage/html/index.html \
		--txt $(BUILD)/coverage/coverage.txt $(BUILD)/coverage
	@cat $(BUILD)/coverage/coverage.txt
	@echo "as pages: $(BUILD)/coverage/html/index.html"

bench: all $(BENCH) ## Run every benchmark; each prints its figures
	@for b in $(BENCH) $(sort $(wildcard tests/bench/*.sh)); do \
		echo "== $$(basename $$b)"; \
		case $$b in *.sh) set -- bash $$b ;; *) set -- ./$$b ;; esac; \
		SEKISHO_BUILD=$(abspath $(O)) \
		SEKISHO_DATADIR=$(abspath topology) "$$@" || exit 1; \
	done

lint: ## Formatting, layering, sizes, licence lines, shell and Python syntax
	@CC='$(CC)' $(PYTHON) scripts/lint

# ---- installing

man-pages = $(wildcard probe/*.$(1) verifier/*.$(1) topology/*.$(1))
DATA_FILES = $(shell cd topology && find $(notdir $(wildcard \
	topology/guidelines topology/schema topology/examples topology/data)) \
	/dev/null -type f)

# Where each lies below $(PREFIX)/lib; the unit names the program by its path.
PACKAGING := sekisho-probe.service:systemd/system/sekisho-probe.service \
	sekisho-sysusers.conf:sysusers.d/sekisho.conf \
	sekisho-tmpfiles.conf:tmpfiles.d/sekisho.conf

install: all ## Install below $(DESTDIR)$(PREFIX); makes no users
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	@for f in $(DATA_FILES); do \
		install -D -m 644 topology/$$f $(DESTDIR)$(DATA)/$$f || exit 1; \
	done
	@for f in $(foreach n,1 5 8,$(call man-pages,$(n))); do \
		install -D -m 644 $$f \
		    $(DESTDIR)$(MAN)/man$${f##*.}/$${f##*/} || exit 1; \
	done
	@for f in $(PACKAGING); do \
		to=$(DESTDIR)$(PREFIX)/lib/$${f#*:}; install -d $${to%/*} && \
		sed 's,/usr/local/bin/,$(PREFIX)/bin/,' \
		    scripts/packaging/$${f%:*} >$$to && \
		chmod 644 $$to || exit 1; \
	done

clean: ## Remove what was built
	rm -rf $(BUILD)

help: ## Show this
	@echo "make [TARGET] [PREFIX=$(PREFIX)] [WERROR=1] [V=1]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | \
		while IFS="$$(printf '\t')" read -r t s; do \
		printf '  %-14s %s\n' "$$t" "$$s"; done
