# spotcheckd.  `make` builds, `make test` sets up, builds and tests; the other targets are listed by `make help`.
#
# Every flavour (gcc, clang, sanitize, lint-gcc …) is built in a directory of its own, build/FLAVOUR; build/spotcheck
# and build/spotcheckd point at what a plain `make` built last.  Sources are found by their place: a new .c file in a room
# of daemon/, or a new tests/unit/ROOM/test_*.c, needs no word here; a new room stands in IO, or in core/ or cli/.

VERSION = 0.1.0

ifeq ($(origin CC),default)
CC = gcc
endif
FLAVOUR ?= $(notdir $(lastword $(CC)))
OUT = build/$(FLAVOUR)
JOBS ?= $(shell nproc 2>/dev/null || echo 1)

prefix = /usr/local
bindir = $(prefix)/bin
sbindir = $(prefix)/sbin
libexecdir = $(prefix)/libexec
libdir = $(prefix)/lib
includedir = $(prefix)/include
datadir = $(prefix)/share
mandir = $(datadir)/man
localedir = $(datadir)/locale
sysconfdir = /etc
unitdir = $(prefix)/lib/systemd/system
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d
completionsdir = $(datadir)/bash-completion/completions

# ---- flags ------------------------------------------------------------------

WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
	-Wno-format-nonliteral
ifdef WERROR
WARNINGS += -Werror
endif

ifeq ($(FLAVOUR),sanitize)
OPTIMISE = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
else
OPTIMISE = -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif

# CFLAGS, CPPFLAGS and LDFLAGS are the caller's; they come last.
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -Idaemon $(OPTIMISE) -fstack-protector-strong -fPIE $(WARNINGS) -MMD -MP \
	$(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(OPTIMISE) -pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed $(LDFLAGS)

# Where things are once installed; core knows no places.
PLACES = -DVERSION='"$(VERSION)"' -DCONF_FILE='"$(sysconfdir)/spotcheckd/spotcheckd.ini"' \
	-DDATA_DIR='"$(datadir)/spotcheckd"' -DLIBEXEC_DIR='"$(libexecdir)/spotcheckd"' -DLOCALE_DIR='"$(localedir)"'

# Expanded where they are used only, so that `make deps` and `make clean` run where nothing is installed yet.
CORE_PACKAGES = libsodium libcrypto libutf8proc
IO_PACKAGES = sqlite3 inih xlsxwriter libical jansson libcurl libcmark libmicrohttpd
CORE_LIBS = $(shell pkg-config --libs $(CORE_PACKAGES)) -pthread -lm
IO_LIBS = $(shell pkg-config --libs $(IO_PACKAGES)) -lcsv
APP_LIBS = -lev
PACKAGE_CFLAGS = $(shell pkg-config --cflags $(CORE_PACKAGES) $(IO_PACKAGES))
CMOCKA_LIBS = $(shell pkg-config --libs cmocka) -lm

# A word a command; V=1 shows them whole.
ifdef V
Q =
say =
else
Q = @
say = @printf '%-6s %s\n' '$(1)' '$(2)'
endif

# ---- what there is to build -------------------------------------------------

# The rooms (daemon/README.md) by the archive that they are linked into.
LAYERS = core io cli app
IO = system store text rosters config holidays ledger mail draws letters remote publish witness admin steps recovery
ROOMS_core = $(patsubst daemon/%/,%,$(wildcard daemon/core/*/))
ROOMS_io = $(IO)
ROOMS_cli = cli $(patsubst daemon/%/,%,$(wildcard daemon/cli/*/))
ROOMS_app = app
MAINS = $(notdir $(basename $(wildcard daemon/spotcheck.c daemon/spotcheckd.c daemon/spotcheckd-mail.c daemon/spotcheckd-ask.c)))
PROGRAMS = $(MAINS:%=$(OUT)/%)
ARCHIVES = $(LAYERS:%=$(OUT)/libspotcheck-%.a)

layer_objects = $(patsubst %.c,$(OUT)/obj/%.o,$(sort $(wildcard $(ROOMS_$(1):%=daemon/%/*.c))))

UNIT_SOURCES = $(sort $(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c))
UNIT_TESTS = $(UNIT_SOURCES:%.c=$(OUT)/%)
# What several unit tests share: each takes from it what it needs.
UNIT_HELPERS = $(patsubst %.c,$(OUT)/obj/%.o,$(filter-out $(UNIT_SOURCES),$(wildcard tests/unit/*.c)))
FUZZ_DRIVER = $(wildcard tests/fuzz/driver.c)
FUZZ_SOURCES = $(if $(FUZZ_DRIVER),$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_TESTS = $(FUZZ_SOURCES:%.c=$(OUT)/%)

SOURCES = $(sort $(wildcard daemon/*.c daemon/*/*.c daemon/*/*/*.c tests/unit/*.c tests/unit/*/*.c tests/unit/*/*/*.c tests/fuzz/*.c))
OBJECTS = $(SOURCES:%.c=$(OUT)/obj/%.o)
CATALOGUES = $(patsubst daemon/po/%.po,$(OUT)/locale/%/LC_MESSAGES/spotcheckd.mo,$(sort $(wildcard daemon/po/*.po)))

.PHONY: all help everything catalogues links deps test check demo lint tidy sanitize fuzz fuzz-run years odds faults faults-commands page-test browser-test second-test \
	bench install catalogue deb deb-test clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(ARCHIVES) $(PROGRAMS) catalogues links

help:
	@echo 'make            build build/spotcheck and build/spotcheckd (CC=clang for the other compiler)'
	@echo 'make deps       install the Debian packages that building needs'
	@echo 'make test       set up, build, run every test; ONLY=PATTERN runs those whose name matches'
	@echo 'make sanitize   the same under AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make fuzz       mutate inputs under the same, FUZZ_SECONDS=60 for each target'
	@echo 'make lint       both compilers with -Werror, clang-tidy, cppcheck, shellcheck and our own checks'
	@echo 'make demo       set up, build, show a whole draw'
	@echo 'make page-test  the tests of verify.html (npm, Node 20)'
	@echo 'make browser-test the published site in headless Chromium (npm, Node 20)'
	@echo 'make second-test  three checkers agree; the draws in PostgreSQL and DuckDB, the log in Go (npm, Node 20)'
	@echo 'make faults     a thousand letters to a mail server that fails in every way'
	@echo 'make faults-commands  a fault at a random place of every command, FAULTS=1000 of them, SEED=N'
	@echo 'make years      simulate decades, killed at every event and not'
	@echo 'make odds       the odds of a hundred random configurations against draws'
	@echo 'make bench      measure'
	@echo 'make catalogue  bring daemon/po/*.po up to date with the sources'
	@echo 'make install    DESTDIR, prefix, sysconfdir as usual'
	@echo 'make deb        build the Debian package, build/spotcheckd_VERSION_ARCH.deb'
	@echo 'make deb-test   the same, and lintian, install, upgrade, remove, purge in a chroot (root, network)'
	@echo 'make clean      remove build/'

everything: all $(UNIT_TESTS) $(FUZZ_TESTS) $(OBJECTS)

catalogues: $(CATALOGUES)

# The handy names, for the compilers' flavours only: a test under sanitizers leaves them as they are.
links: $(PROGRAMS)
ifneq ($(filter gcc clang cc,$(FLAVOUR)),)
	@for name in $(MAINS); do ln -sfn $(FLAVOUR)/$$name build/$$name; done
endif

# ---- rules ------------------------------------------------------------------

# Other flags than last time: everything is stale.
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(PLACES))' >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv $@.new $@; fi

# What it embeds.
$(OUT)/obj/daemon/publish/templates.o: daemon/site/verify.html $(wildcard daemon/site/pages/*/*.html)

$(OUT)/obj/daemon/core/%.o: daemon/core/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(PACKAGE_CFLAGS) -c -o $@ $<

$(OUT)/obj/daemon/%.o: daemon/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(PACKAGE_CFLAGS) $(PLACES) -c -o $@ $<

$(OUT)/obj/tests/%.o: tests/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(PACKAGE_CFLAGS) -Itests/unit -DVECTORS='"$(abspath tests/vectors)"' -c -o $@ $<

# An archive's own list of objects, so that a deleted source leaves it too.
define archive_rule
$(OUT)/libspotcheck-$(1).a: $(call layer_objects,$(1)) $(OUT)/libspotcheck-$(1).list
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && ar qcsD $$@ $$(filter %.o,$$^)
$(OUT)/libspotcheck-$(1).list: FORCE
	@mkdir -p $$(@D)
	@echo '$(call layer_objects,$(1))' >$$@.new
	@if cmp -s $$@.new $$@; then rm -f $$@.new; else mv $$@.new $$@; fi
endef
$(foreach layer,$(LAYERS),$(eval $(call archive_rule,$(layer))))

$(OUT)/libtest-helpers.a: $(UNIT_HELPERS) $(OUT)/flags
	@rm -f $@ && ar rcsD $@ $(UNIT_HELPERS)

core_archive = $(OUT)/libspotcheck-core.a
io_archives = $(OUT)/libspotcheck-io.a $(core_archive)

$(OUT)/spotcheck: $(OUT)/obj/daemon/spotcheck.o $(OUT)/libspotcheck-cli.a $(io_archives)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(IO_LIBS) $(CORE_LIBS)

$(OUT)/spotcheckd: $(OUT)/obj/daemon/spotcheckd.o $(OUT)/libspotcheck-app.a $(io_archives)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(APP_LIBS) $(IO_LIBS) $(CORE_LIBS)

# The service's own programs, which carry the large libraries.
$(OUT)/spotcheckd-mail $(OUT)/spotcheckd-ask: $(OUT)/%: $(OUT)/obj/daemon/%.o $(OUT)/libspotcheck-app.a $(io_archives)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(APP_LIBS) $(IO_LIBS) $(CORE_LIBS)

# A unit test is linked with its layer and those below: core stands alone.
$(OUT)/tests/unit/core/%: $(OUT)/obj/tests/unit/core/%.o $(OUT)/libtest-helpers.a $(core_archive)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CORE_LIBS) $(CMOCKA_LIBS)

$(OUT)/tests/unit/cli/%: $(OUT)/obj/tests/unit/cli/%.o $(OUT)/libtest-helpers.a $(OUT)/libspotcheck-cli.a $(io_archives)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(IO_LIBS) $(CORE_LIBS) $(CMOCKA_LIBS)

$(OUT)/tests/unit/app/%: $(OUT)/obj/tests/unit/app/%.o $(OUT)/libtest-helpers.a $(OUT)/libspotcheck-app.a $(io_archives)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(APP_LIBS) $(IO_LIBS) $(CORE_LIBS) $(CMOCKA_LIBS)

$(OUT)/tests/unit/%: $(OUT)/obj/tests/unit/%.o $(OUT)/libtest-helpers.a $(io_archives)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(IO_LIBS) $(CORE_LIBS) $(CMOCKA_LIBS)

$(OUT)/tests/fuzz/%: $(OUT)/obj/tests/fuzz/%.o $(OUT)/obj/tests/fuzz/driver.o $(io_archives)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(IO_LIBS) $(CORE_LIBS)

$(OUT)/locale/%/LC_MESSAGES/spotcheckd.mo: daemon/po/%.po
	@mkdir -p $(@D)
	$(call say,MSGFMT,$<)
	$(Q)msgfmt --check-format -o $@ $<

catalogue:
	@mkdir -p build
	scripts/messages.sh build/spotcheckd.pot
	for po in $(wildcard daemon/po/*.po); do msgmerge --update --backup=none --previous "$$po" build/spotcheckd.pot; done

# ---- set-up, tests, checks --------------------------------------------------

# The outer make sets up, then an inner one builds with what is there now; as many jobs as cores where -j was not said.
INNER = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

deps:
	@scripts/setup.sh build

test:
	@scripts/setup.sh build test
	@+$(INNER) check

check: all $(UNIT_TESTS) $(FUZZ_TESTS)
	@scripts/run_tests.sh $(OUT) $(UNIT_TESTS) $(FUZZ_TESTS)

demo:
	@scripts/setup.sh build demo
	@+$(INNER) all
	@TEXTDOMAINDIR=$(abspath $(OUT)/locale) scripts/demo.sh

sanitize:
	@scripts/setup.sh build test $(if $(findstring clang,$(CC)),clang-sanitize)
	@+SPOTCHECK_YEARS=$${SPOTCHECK_YEARS:-4} $(INNER) FLAVOUR=sanitize check

# Longer than the tests do it; each target says its seed.
FUZZ_SECONDS = 60
fuzz:
	@scripts/setup.sh build test $(if $(findstring clang,$(CC)),clang-sanitize)
	@+$(INNER) FLAVOUR=sanitize fuzz-run

fuzz-run: $(FUZZ_TESTS)
	@for target in $(FUZZ_TESTS); do \
		echo "== $$target"; $$target -t $(FUZZ_SECONDS) tests/fuzz/corpus/$${target##*/fuzz_} || exit 1; \
	done

# The checker in the browser; it needs npm and Node 20, which the rest does not.
page-test:
	npm --prefix daemon/site ci --silent
	node --test tests/page/*.test.mjs

# Second opinions by programs that know nothing of this one: the draws in SQL, the log in Go.  DuckDB comes by npm.
second-test:
	@scripts/setup.sh build test second
	npm --prefix tests/second ci --silent
	npm --prefix daemon/site ci --silent
	@+$(INNER) all
	@for script in $(sort $(wildcard tests/second/replay_*.py tests/second/*_client.py tests/second/agree.py)); do \
		echo "== $$script"; SPOTCHECK=$(abspath $(OUT)/spotcheck) SPOTCHECKD=$(abspath $(OUT)/spotcheckd) \
		    /usr/bin/python3 "$$script" || exit 1; \
	done

# The published site as people meet it.
browser-test:
	@scripts/setup.sh build browser
	npm --prefix tests/page ci --silent
	@+$(INNER) all
	SPOTCHECK=$(abspath $(OUT)/spotcheck) SPOTCHECKD=$(abspath $(OUT)/spotcheckd) node --test tests/page/browser/*.test.mjs

# A thousand letters to a mail server that fails in every way, and is killed, as the service is.
faults:
	@scripts/setup.sh build test
	@+$(INNER) all
	SPOTCHECK=$(abspath $(OUT)/spotcheck) SPOTCHECKD=$(abspath $(OUT)/spotcheckd) SPOTCHECK_LETTERS=1000 \
	    /usr/bin/python3 tests/system/80-mail.py

# A thousand faults in all commands, each at a random call of the C library.
FAULTS = 1000
faults-commands:
	@scripts/setup.sh build test
	@+$(INNER) all
	SPOTCHECK=$(abspath $(OUT)/spotcheck) SPOTCHECKD=$(abspath $(OUT)/spotcheckd) TEXTDOMAINDIR=$(abspath $(OUT)/locale) \
	    FAULTS=$(FAULTS) $(if $(SEED),SEED=$(SEED)) /usr/bin/python3 tests/system/52-faults.py

# Ten years with every turn killed somewhere in it, and simulated decades against the almanac, YEARS_RUNS=5 of them.
YEARS_RUNS = 5
years:
	@scripts/setup.sh build test
	@+$(INNER) all $(OUT)/tests/unit/app/test_years
	YEARS=10 $(OUT)/tests/unit/app/test_years
	@for run in $$(seq $(YEARS_RUNS)); do \
		SPOTCHECK=$(abspath $(OUT)/spotcheck) SPOTCHECKD=$(abspath $(OUT)/spotcheckd) \
		    /usr/bin/python3 tests/system/61-simulate.py || exit 1; \
	done

# What `odds` says of random configurations, against ten thousand draws of each with other seeds.
ODDS_CONFIGURATIONS = 100
odds:
	@scripts/setup.sh build test
	@+$(INNER) $(OUT)/tests/unit/core/draw/test_chances
	SPOTCHECK_CONFIGURATIONS=$(ODDS_CONFIGURATIONS) $(OUT)/tests/unit/core/draw/test_chances

bench:
	@scripts/setup.sh build test
	@+$(INNER) all
	@for script in $(sort $(wildcard scripts/bench*.sh scripts/bench*.py)); do \
		echo "== $$script"; SPOTCHECK=$(abspath $(OUT)/spotcheck) SPOTCHECKD=$(abspath $(OUT)/spotcheckd) \
		    "$$script" || exit 1; \
	done

# `make -k lint` tells all there is to tell.
LINTS = lint-sources lint-gcc lint-core lint-clang lint-cppcheck lint-shell
.PHONY: $(LINTS)

lint:
	@scripts/setup.sh build test lint
	@+$(INNER) $(LINTS)
	@echo 'lint: nothing found'

lint-sources:
	@scripts/check_includes.py
	@scripts/check_banned.sh
	@scripts/check_paths.sh
	@scripts/check_catalogue.sh
	@scripts/check_manual.py

lint-gcc:
	@+$(INNER) FLAVOUR=lint-gcc CC=gcc WERROR=yes everything

lint-core: lint-gcc
	@scripts/check_symbols.sh build/lint-gcc/libspotcheck-core.a
	@scripts/check_circles.py build/lint-gcc/obj/daemon

lint-clang:
	@+$(INNER) FLAVOUR=lint-clang CC=clang WERROR=yes everything tidy

lint-cppcheck:
	@scripts/cppcheck.sh

lint-shell:
	@shellcheck -S warning .ci/run $(sort $(wildcard scripts/*.sh tests/system/*.sh))
	@shellcheck -S warning -s bash scripts/completion/spotcheck.bash
	@shellcheck -S warning -s sh scripts/debian/spotcheckd.postrm

# One stamp a source; its object is remade when one of its headers changes, and so is the stamp.
tidy: $(SOURCES:%.c=$(OUT)/tidy/%.ok)
	@:

$(OUT)/tidy/%.ok: $(OUT)/obj/%.o .clang-tidy tests/.clang-tidy scripts/tidy.h
	@mkdir -p $(@D)
	$(call say,TIDY,$*.c)
	$(Q)clang-tidy --quiet $*.c -- -std=c17 -D_GNU_SOURCE -Idaemon $(PACKAGE_CFLAGS) $(PLACES) -Itests/unit \
	    $(if $(filter %/err,$*),,-include scripts/tidy.h) -DVECTORS='"$(abspath tests/vectors)"' \
	    2>$@.err || { cat $@.err; false; }
	@touch $@

deb:
	@scripts/setup.sh build deb
	@scripts/deb.sh $(VERSION) $(JOBS)

deb-test:
	@scripts/setup.sh build deb deb-test
	@scripts/deb_test.sh $(VERSION) $(JOBS)

clean:
	rm -rf build

# ---- install ----------------------------------------------------------------

# The INI, the letters and the sample district are what `spotcheck setup` starts from; it replaces an INI in sysconfdir
# that nobody has touched.  What is newer than the built-in holidays goes into the folder that that INI looks into.
CONF_TREES = $(patsubst %/,%,$(wildcard conf/*/))
UNITS = $(wildcard systemd/*.service systemd/*.timer systemd/*.path systemd/*.socket)
SYSUSERS = $(wildcard systemd/*sysusers*.conf systemd/sysusers.d/*.conf)
TMPFILES = $(wildcard systemd/*tmpfiles*.conf systemd/tmpfiles.d/*.conf)

to = $(DESTDIR)$(1)
# What the administrator may have changed is never overwritten.
keep = for file in $(1); do [ -e "$(2)/$${file\#\#*/}" ] || install -m 644 "$$file" "$(2)"; done
tree = (cd $(1) && find . -type f -exec install -D -m 644 {} $(2)/{} \;)
unit = for file in $(1); do sed -e 's|@sbindir@|$(sbindir)|g' -e 's|@bindir@|$(bindir)|g' -e 's|@sysconfdir@|$(sysconfdir)|g' "$$file" \
	>"$(2)/$${file\#\#*/}" && chmod 644 "$(2)/$${file\#\#*/}" || exit 1; done

install: all
	install -d $(call to,$(bindir)) $(call to,$(sbindir)) $(call to,$(libdir)/pkgconfig) \
	    $(call to,$(includedir)/spotcheck/core) $(call to,$(sysconfdir)/spotcheckd) $(call to,$(datadir)/spotcheckd)
	$(if $(filter spotcheck,$(MAINS)),install -m 755 $(OUT)/spotcheck $(call to,$(bindir)))
	$(if $(filter spotcheckd,$(MAINS)),install -m 755 $(OUT)/spotcheckd $(call to,$(sbindir)))
	for name in $(filter spotcheckd-%,$(MAINS)); do \
	    install -D -m 755 $(OUT)/$$name $(call to,$(libexecdir)/spotcheckd)/$$name || exit 1; done
	install -m 644 $(core_archive) $(call to,$(libdir))
	cd daemon && for header in core/*/*.h; do install -D -m 644 "$$header" "$(call to,$(includedir))/spotcheck/$$header" || exit 1; done
	printf '%s\n' 'prefix=$(prefix)' 'libdir=$(libdir)' 'includedir=$(includedir)' '' 'Name: spotcheck-core' \
	    'Description: verifiable random inspection draws' 'Version: $(VERSION)' \
	    'Requires: $(CORE_PACKAGES)' 'Libs: -L$${libdir} -lspotcheck-core -pthread -lm' \
	    'Cflags: -I$${includedir}/spotcheck' >$(call to,$(libdir)/pkgconfig)/spotcheck-core.pc
	install -m 644 conf/spotcheckd.ini $(call to,$(datadir)/spotcheckd)
	$(call keep,conf/spotcheckd.ini,$(call to,$(sysconfdir)/spotcheckd))
	install -d $(call to,$(sysconfdir)/spotcheckd/holidays)
	$(foreach dir,$(CONF_TREES),$(call tree,$(dir),$(abspath $(call to,$(datadir)/spotcheckd/$(notdir $(dir))))) && ) true
	install -D -m 644 daemon/site/verify.html $(call to,$(datadir)/spotcheckd/site)/verify.html
	for page in $(wildcard daemon/man/*.[1578] daemon/man/*/*.[1578]); do \
		language=$${page#daemon/man/}; language=$${language%$${page##*/}}; \
		install -D -m 644 "$$page" "$(call to,$(mandir))/$${language}man$${page##*.}/$${page##*/}" || exit 1; done
	$(foreach mo,$(CATALOGUES),install -D -m 644 $(mo) $(call to,$(localedir))/$(mo:$(OUT)/locale/%=%) && ) true
	install -D -m 644 scripts/completion/spotcheck.bash $(call to,$(completionsdir))/spotcheck
	$(if $(UNITS),install -d $(call to,$(unitdir)) && $(call unit,$(UNITS),$(call to,$(unitdir))))
	$(if $(SYSUSERS),install -D -m 644 $(SYSUSERS) $(call to,$(sysusersdir))/spotcheckd.conf)
	$(if $(TMPFILES),install -D -m 644 $(TMPFILES) $(call to,$(tmpfilesdir))/spotcheckd.conf)

-include $(OBJECTS:.o=.d)
