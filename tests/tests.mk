# How tests are built and run; included by the Makefile.  README.md beside says what they cover and what they measured.

UNIT_SOURCES = $(sort $(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c))
UNIT_TESTS = $(UNIT_SOURCES:%.c=$(OUT)/%)
# What several unit tests share: each takes from it what it needs.
UNIT_HELPERS = $(patsubst %.c,$(OUT)/obj/%.o,$(filter-out $(UNIT_SOURCES),$(wildcard tests/unit/*.c)))
FUZZ_SOURCES = $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_TESTS = $(FUZZ_SOURCES:%.c=$(OUT)/%)
CMOCKA_LIBS = $(shell pkg-config --libs cmocka) -lm

LONG = fuzz fuzz-run years ten-years odds faults faults-commands agree
NPM = page-test second-test browser-test
RUNS = check demo bench $(LONG) $(NPM)
.PHONY: everything test sanitize coverage $(RUNS)

# Which programs a test meets, and the catalogues of a build that is not installed.
$(RUNS): export SPOTCHECK = $(abspath $(OUT)/spotcheck)
$(RUNS): export SPOTCHECKD = $(abspath $(OUT)/spotcheckd)
$(RUNS): export TEXTDOMAINDIR = $(abspath $(OUT)/locale)
PYTHON = /usr/bin/python3

# ---- built ------------------------------------------------------------------

everything: all $(UNIT_TESTS) $(FUZZ_TESTS) $(OBJECTS)

$(OUT)/obj/tests/%.o: tests/%.c $(OUT)/flags
	$(call compile,-Itests/unit -DVECTORS='"$(abspath tests/vectors)"')

$(OUT)/libtest-helpers.a: $(UNIT_HELPERS) $(OUT)/flags
	@rm -f $@ && ar rcsD $@ $(UNIT_HELPERS)

# A unit test is linked with its layer and those below: core stands alone.
$(OUT)/tests/unit/core/%: $(OUT)/obj/tests/unit/core/%.o $(OUT)/libtest-helpers.a $(core_archives)
	$(call link,$(CORE_LIBS) $(CMOCKA_LIBS))

$(OUT)/tests/unit/cli/%: $(OUT)/obj/tests/unit/cli/%.o $(OUT)/libtest-helpers.a $(cli_archives)
	$(call link,$(IO_LIBS) $(CMOCKA_LIBS))

$(OUT)/tests/unit/app/%: $(OUT)/obj/tests/unit/app/%.o $(OUT)/libtest-helpers.a $(app_archives)
	$(call link,$(APP_LIBS) $(CMOCKA_LIBS))

$(OUT)/tests/unit/%: $(OUT)/obj/tests/unit/%.o $(OUT)/libtest-helpers.a $(io_archives)
	$(call link,$(IO_LIBS) $(CMOCKA_LIBS))

$(OUT)/tests/fuzz/%: $(OUT)/obj/tests/fuzz/%.o $(OUT)/obj/tests/fuzz/driver.o $(io_archives)
	$(call link,$(IO_LIBS))

# ---- run --------------------------------------------------------------------

test:	## set up, build, run every test; ONLY=PATTERN runs those whose name matches
	@scripts/setup.sh build test
	@+$(INNER) check

check: all $(UNIT_TESTS) $(FUZZ_TESTS)
	@scripts/run_tests.sh $(OUT) $(UNIT_TESTS) $(FUZZ_TESTS)

sanitize:	## the same under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/setup.sh build test $(if $(findstring clang,$(CC)),clang-sanitize)
	@+SPOTCHECK_YEARS=$${SPOTCHECK_YEARS:-4} $(INNER) FLAVOUR=sanitize check

# What fails under it is told and does not stop: it is slower, and what is killed writes no figures.
coverage:	## the same with gcov, then a table of what was reached, room by room; ONLY=PATTERN
	@scripts/setup.sh build test
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	-@+$(INNER) FLAVOUR=coverage CC=gcc check
	@scripts/coverage.py build/coverage/obj

page-test:	## the tests of verify.html (npm, Node 20)
	@scripts/need_node.sh
	npm --prefix daemon/site ci --silent
	node --test tests/page/*.test.mjs

browser-test:	## the published site in headless Chromium (npm, Node 20)
	@scripts/need_node.sh
	@scripts/setup.sh build browser
	npm --prefix tests/page ci --silent
	@+$(INNER) all
	node --test tests/page/browser/*.test.mjs

# Programs that know nothing of this one; DuckDB comes by npm.
second-test:	## three checkers agree; the draws in PostgreSQL and DuckDB, the log in Go (npm, Node 20)
	@scripts/need_node.sh
	@scripts/setup.sh build test second
	npm --prefix tests/second ci --silent
	npm --prefix daemon/site ci --silent
	@+$(INNER) all
	@for script in $(sort $(wildcard tests/second/replay_*.py tests/second/*_client.py tests/second/agree.py)); do \
		echo "== $$script"; $(PYTHON) "$$script" || exit 1; \
	done

# ---- longer than the tests do it; each says its seed ------------------------

FUZZ_SECONDS = 60
fuzz:	## mutate inputs under sanitizers, FUZZ_SECONDS=60 for each target
	@scripts/setup.sh build test $(if $(findstring clang,$(CC)),clang-sanitize)
	@+$(INNER) FLAVOUR=sanitize fuzz-run

fuzz-run: $(FUZZ_TESTS)
	@for target in $(FUZZ_TESTS); do \
		echo "== $$target"; $$target -t $(FUZZ_SECONDS) tests/fuzz/corpus/$${target##*/fuzz_} || exit 1; \
	done

faults:	## a thousand letters to a mail server that fails in every way, and is killed, as the service is
	@scripts/setup.sh build test
	@+$(INNER) all
	SPOTCHECK_LETTERS=1000 $(PYTHON) tests/system/80-mail.py

FAULTS = 1000
faults-commands:	## a fault at a random call of the C library in every command, FAULTS=1000 of them, SEED=N
	@scripts/setup.sh build test
	@+$(INNER) all
	FAULTS=$(FAULTS) $(if $(SEED),SEED=$(SEED)) $(PYTHON) tests/system/52-faults.py

YEARS_RUNS = 5
years:	## ten years with every turn killed somewhere in it, and decades against the almanac, YEARS_RUNS=5 of them
	@scripts/setup.sh build test
	@+$(INNER) all $(OUT)/tests/unit/app/test_years
	YEARS=10 $(OUT)/tests/unit/app/test_years
	@for run in $$(seq $(YEARS_RUNS)); do $(PYTHON) tests/system/61-simulate.py || exit 1; done

ten-years:	## ten years of the sample and of two made-up offices: what cannot be kept, and what falls together; SEED=N
	@scripts/setup.sh build test
	@+$(INNER) all
	$(PYTHON) scripts/ten_years.py $(if $(SEED),--seed $(SEED))

N = 140
agree:	## the three checkers on N=140 offices' directories, 300 by another publisher and 1000 corruptions, SEED=N (npm)
	@scripts/need_node.sh
	@scripts/setup.sh build test
	npm --prefix daemon/site ci --silent
	@+$(INNER) all
	$(PYTHON) tests/second/agree.py --offices $(N) --honest 300 $(if $(SEED),--seed $(SEED))

ODDS_CONFIGURATIONS = 100
odds:	## the odds of a hundred random configurations against ten thousand draws of each
	@scripts/setup.sh build test
	@+$(INNER) $(OUT)/tests/unit/core/draw/test_chances
	SPOTCHECK_CONFIGURATIONS=$(ODDS_CONFIGURATIONS) $(OUT)/tests/unit/core/draw/test_chances

bench:	## measure
	@scripts/setup.sh build test
	@+$(INNER) all
	@for script in $(sort $(wildcard scripts/bench*.sh scripts/bench*.py)); do echo "== $$script"; "$$script" || exit 1; done
