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

OPTIMISE_sanitize = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
OPTIMISE_coverage = -O0 -g --coverage -fprofile-update=atomic -include scripts/coverage.h
OPTIMISE = $(or $(OPTIMISE_$(FLAVOUR)),-O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)

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
IO_LIBS = $(shell pkg-config --libs $(IO_PACKAGES)) -lcsv $(CORE_LIBS)
APP_LIBS = -lev $(IO_LIBS)
PACKAGE_CFLAGS = $(shell pkg-config --cflags $(CORE_PACKAGES) $(IO_PACKAGES))

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
IO = system store text rosters config holidays ledger mail draws archive letters remote publish witness admin steps recovery
ROOMS_core = $(patsubst daemon/%/,%,$(wildcard daemon/core/*/))
ROOMS_io = $(IO)
ROOMS_cli = cli $(patsubst daemon/%/,%,$(wildcard daemon/cli/*/))
ROOMS_app = app
MAINS = $(notdir $(basename $(wildcard daemon/spotcheck.c daemon/spotcheckd.c daemon/spotcheckd-mail.c daemon/spotcheckd-ask.c)))
PROGRAMS = $(MAINS:%=$(OUT)/%)
ARCHIVES = $(LAYERS:%=$(OUT)/libspotcheck-%.a)

layer_objects = $(patsubst %.c,$(OUT)/obj/%.o,$(sort $(wildcard $(ROOMS_$(1):%=daemon/%/*.c))))

SOURCES = $(sort $(wildcard daemon/*.c daemon/*/*.c daemon/*/*/*.c tests/unit/*.c tests/unit/*/*.c tests/unit/*/*/*.c tests/fuzz/*.c))
OBJECTS = $(SOURCES:%.c=$(OUT)/obj/%.o)
CATALOGUES = $(patsubst daemon/po/%.po,$(OUT)/locale/%/LC_MESSAGES/spotcheckd.mo,$(sort $(wildcard daemon/po/*.po)))

.PHONY: all help catalogues links deps demo lint tidy install catalogue deb deb-test clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(ARCHIVES) $(PROGRAMS) catalogues links	## what plain make does: build/spotcheck and build/spotcheckd (CC=clang for the other compiler)

# A line for each target that stands here or in tests/tests.mk as `target: … ## what it does`.
help:
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile tests/tests.mk | awk -F '\t' '{printf "make %-17s %s\n", $$1, $$2}'

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

define compile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(PACKAGE_CFLAGS) $(1) -c -o $@ $<
endef

$(OUT)/obj/daemon/core/%.o: daemon/core/%.c $(OUT)/flags
	$(compile)

$(OUT)/obj/daemon/%.o: daemon/%.c $(OUT)/flags
	$(call compile,$(PLACES))

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

# What is linked with a layer: its archive and those below.
core_archives = $(OUT)/libspotcheck-core.a
io_archives = $(OUT)/libspotcheck-io.a $(core_archives)
cli_archives = $(OUT)/libspotcheck-cli.a $(io_archives)
app_archives = $(OUT)/libspotcheck-app.a $(io_archives)

# All that is needed is linked, and with the libraries given.
define link
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(1)
endef

$(OUT)/spotcheck: $(OUT)/obj/daemon/spotcheck.o $(cli_archives)
	$(call link,$(IO_LIBS))

# The service, and its own programs, which carry the large libraries.
$(OUT)/spotcheckd $(OUT)/spotcheckd-mail $(OUT)/spotcheckd-ask: $(OUT)/%: $(OUT)/obj/daemon/%.o $(app_archives)
	$(call link,$(APP_LIBS))

$(OUT)/locale/%/LC_MESSAGES/spotcheckd.mo: daemon/po/%.po
	@mkdir -p $(@D)
	$(call say,MSGFMT,$<)
	$(Q)msgfmt --check-format -o $@ $<

catalogue:	## bring daemon/po/*.po up to date with the sources
	@mkdir -p build
	scripts/messages.sh build/spotcheckd.pot
	for po in $(wildcard daemon/po/*.po); do msgmerge --update --backup=none --previous "$$po" build/spotcheckd.pot; done

# ---- set-up, tests, checks --------------------------------------------------

# The outer make sets up, then an inner one builds with what is there now; as many jobs as cores where -j was not said.
INNER = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

deps:	## install the Debian packages that building needs
	@scripts/setup.sh build

demo:	## set up, build, show a year of draws and verify it
	@scripts/setup.sh build demo
	@+$(INNER) all
	@scripts/demo.sh

# What runs the programs: tests, measurements, fuzzing.
include tests/tests.mk

# `make -k lint` tells all there is to tell.
LINTS = lint-sources lint-gcc lint-core lint-clang lint-cppcheck lint-shell
.PHONY: format $(LINTS)

format:	## the C sources in the form of .clang-format
	@scripts/setup.sh lint
	@scripts/format.sh

lint:	## both compilers with -Werror, clang-tidy, cppcheck, shellcheck and our own checks
	@scripts/setup.sh build test lint
	@+$(INNER) $(LINTS)
	@echo 'lint: nothing found'

lint-sources:
	@scripts/format.sh --check
	@scripts/check_includes.py
	@scripts/check_banned.sh
	@scripts/check_paths.sh
	@scripts/check_catalogue.sh
	@scripts/check_manual.py
	@scripts/check_docs.py
	@scripts/check_names.py

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

deb:	## build the Debian package, build/spotcheckd_VERSION_ARCH.deb
	@scripts/setup.sh build deb
	@scripts/deb.sh $(VERSION) $(JOBS)

deb-test:	## the same, and lintian, install, upgrade, remove, purge in a chroot (root, network)
	@scripts/setup.sh build deb deb-test
	@scripts/deb_test.sh $(VERSION) $(JOBS)

clean:	## remove build/
	rm -rf build

# ---- install ----------------------------------------------------------------

# The INI, the letters and the sample district are what `spotcheck setup` starts from; it replaces an INI in sysconfdir
# that nobody has touched.  What is newer than the built-in holidays goes into the folder that that INI looks into.
CONF_TREES = $(patsubst %/,%,$(wildcard conf/*/))
UNITS = $(wildcard systemd/*.service systemd/*.timer systemd/*.path systemd/*.socket)
SYSUSERS = $(wildcard systemd/*sysusers*.conf systemd/sysusers.d/*.conf)
TMPFILES = $(wildcard systemd/*tmpfiles*.conf systemd/tmpfiles.d/*.conf)
# What third parties build on; what is private to a room stays here.
PUBLIC_HEADERS = $(filter-out %_private.h,$(sort $(wildcard daemon/core/*/*.h)))

to = $(DESTDIR)$(1)
# What the administrator may have changed is never overwritten.
keep = for file in $(1); do [ -e "$(2)/$${file\#\#*/}" ] || install -m 644 "$$file" "$(2)"; done
tree = (cd $(1) && find . -type f -exec install -D -m 644 {} $(2)/{} \;)
unit = for file in $(1); do sed -e 's|@sbindir@|$(sbindir)|g' -e 's|@bindir@|$(bindir)|g' -e 's|@sysconfdir@|$(sysconfdir)|g' "$$file" \
	>"$(2)/$${file\#\#*/}" && chmod 644 "$(2)/$${file\#\#*/}" || exit 1; done

install: all	## DESTDIR, prefix, sysconfdir as usual
	install -d $(call to,$(bindir)) $(call to,$(sbindir)) $(call to,$(libdir)/pkgconfig) \
	    $(call to,$(includedir)/spotcheck/core) $(call to,$(sysconfdir)/spotcheckd) $(call to,$(datadir)/spotcheckd)
	$(if $(filter spotcheck,$(MAINS)),install -m 755 $(OUT)/spotcheck $(call to,$(bindir)))
	$(if $(filter spotcheckd,$(MAINS)),install -m 755 $(OUT)/spotcheckd $(call to,$(sbindir)))
	for name in $(filter spotcheckd-%,$(MAINS)); do \
	    install -D -m 755 $(OUT)/$$name $(call to,$(libexecdir)/spotcheckd)/$$name || exit 1; done
	install -m 644 $(core_archives) $(call to,$(libdir))
	cd daemon && for header in $(patsubst daemon/%,%,$(PUBLIC_HEADERS)); do install -D -m 644 "$$header" "$(call to,$(includedir))/spotcheck/$$header" || exit 1; done
	printf '%s\n' 'prefix=$(prefix)' 'libdir=$(libdir)' 'includedir=$(includedir)' '' 'Name: spotcheck-core' \
	    'Description: verifiable random inspection draws' 'Version: $(VERSION)' \
	    'Requires: $(CORE_PACKAGES)' 'Libs: -L$${libdir} -lspotcheck-core -pthread -lm' \
	    'Cflags: -I$${includedir}/spotcheck' >$(call to,$(libdir)/pkgconfig)/spotcheck-core.pc
	install -m 644 conf/spotcheckd.ini $(call to,$(datadir)/spotcheckd)
	$(call keep,conf/spotcheckd.ini,$(call to,$(sysconfdir)/spotcheckd))
	install -d $(call to,$(sysconfdir)/spotcheckd/holidays)
	$(foreach dir,$(CONF_TREES),$(call tree,$(dir),$(abspath $(call to,$(datadir)/spotcheckd/$(notdir $(dir))))) && ) true
	install -D -m 644 daemon/site/verify.html $(call to,$(datadir)/spotcheckd/site)/verify.html
	install -D -m 755 scripts/check/replay.py $(call to,$(datadir)/spotcheckd/check)/replay.py
	install -m 644 scripts/check/replay.sql scripts/check/replay.duckdb.sql $(call to,$(datadir)/spotcheckd/check)
	for page in $(wildcard daemon/man/*.[1578] daemon/man/*/*.[1578]); do \
		language=$${page#daemon/man/}; language=$${language%$${page##*/}}; \
		install -D -m 644 "$$page" "$(call to,$(mandir))/$${language}man$${page##*.}/$${page##*/}" || exit 1; done
	$(foreach mo,$(CATALOGUES),install -D -m 644 $(mo) $(call to,$(localedir))/$(mo:$(OUT)/locale/%=%) && ) true
	install -D -m 644 scripts/completion/spotcheck.bash $(call to,$(completionsdir))/spotcheck
	$(if $(UNITS),install -d $(call to,$(unitdir)) && $(call unit,$(UNITS),$(call to,$(unitdir))))
	$(if $(SYSUSERS),install -D -m 644 $(SYSUSERS) $(call to,$(sysusersdir))/spotcheckd.conf)
	$(if $(TMPFILES),install -D -m 644 $(TMPFILES) $(call to,$(tmpfilesdir))/spotcheckd.conf)

-include $(OBJECTS:.o=.d)
