# lfap - two commands: `make verify` (install what is missing, build, run the main job) and `make check` (also all tests).
# Everything is built under $(BUILD); nothing is written elsewhere.
BUILD  ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
OPT    ?= -O3
PYTHON ?= /usr/bin/python3

WARN   := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes
CFLAGS := -std=c11 $(OPT) -g -ffp-contract=off $(WARN) $(EXTRA)
CPPFLAGS := -Isrc -I. -I$(BUILD)/gen -D_POSIX_C_SOURCE=200809L
LDLIBS := -lz -lm
CLI_LIBS := -lmd -ljansson -lmpfr -lgmp $(LDLIBS)
# What is compiled is named in a word; V=1 shows the commands.
Q := $(if $(V),,@)
SAY := @$(if $(V),:,printf '  %-5s %s\n')

PKG_BUILD := gcc make libc6-dev zlib1g-dev libmd-dev libjansson-dev libgmp-dev libmpfr-dev dataset-fashion-mnist
PKG_PICTURES := gnuplot-nox
PKG_CHECK := $(PKG_PICTURES) chromium clang-format g++ man-db pkgconf shellcheck strace libcriterion-dev libflint-arb-dev libflint-dev python3 python3-cffi python3-numpy python3-mpmath valgrind
PKG_COQ   := coq libcoq-mathcomp-ssreflect libcoq-mathcomp-algebra libcoq-mathcomp-algebra-tactics libcoq-bignums python3
PKG_TORCH := python3-torch
PKG_SLURM := munge slurm-client slurmctld slurmd
PKG_FUZZ := clang libclang-rt-14-dev
PKG_PROVE := frama-c-base why3 z3 cvc4 cvc5 gappa python3
PKG_FLOCQ := coq libcoq-flocq

LIB_SRC := $(wildcard src/kernel/*.c src/io/*.c src/data/*.c src/net/*.c src/limit/*.c src/perturb/*.c src/verify/*.c src/study/*.c) 
CLI_SRC := $(wildcard src/picture/*.c src/cli/*.c)
ORA_SRC := $(wildcard oracle/*/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o) $(BUILD)/gen/statements.o $(BUILD)/gen/claims.o
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o) $(BUILD)/gen/fields.o $(BUILD)/gen/golden.o
ORA_OBJ := $(ORA_SRC:%.c=$(BUILD)/%.o) $(BUILD)/gen/members.o

UNIT := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c tests/property/*.c))
ORACLE_TESTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/oracle/*.c))

.PHONY: setup-flocq prove-selftest prove-upgrade mutate mutate-sample eva eacsl all cross-torch verify check test prove prove-replay prove-regenerate prove-update prove-gappa prove-coq setup setup-coq setup-check setup-prove clean golden trace
# Every target that is worth naming, no wider than 80 columns.
help:
	@echo 'verify            install what is missing, build, run the main job'
	@echo 'check             the same, then all tests'
	@echo 'test              the tests alone; T=unit/chol one of them'
	@echo 'sanitized         the command line under AddressSanitizer, UBSan'
	@echo 'sanitize          all test programs and command lines under sanitizers, the'
	@echo '                  oracle under valgrind; sanitize-sample some of it'
	@echo 'fuzz              libFuzzer on readers, options and the numerical interior;'
	@echo '                  FUZZ_TIME=SECONDS ONLY=TARGET KEEP=1'
	@echo 'coverage          lines and branches that tests reach; fails below the floor'
	@echo 'fault-test        every call that can fail, failing, and kills'
	@echo 'growth-test       memory and time over and over'
	@echo 'whole             what CI has no time for, hours of it, with a table; goes on'
	@echo '                  where it was; T="sanitize fuzz" these'
	@echo 'golden            write the golden files'
	@echo 'trace tables      write the trace; what the tables of claims, lines and'
	@echo '                  fields generate'
	@echo 'prove             all proofs from nothing; F=FUNCTION one'
	@echo 'prove-replay      the committed proofs by program; prove-regenerate by goal'
	@echo '                  JUNIT=FILE SARIF=FILE: what was found, for a CI system'
	@echo '                  (also of prove, prove-gappa, prove-coq)'
	@echo 'prove-update      prove what changed and write the record'
	@echo 'prove-upgrade     what other tools would lose; prove-selftest: the gate itself'
	@echo 'prove-coq         the theory in Coq'
	@echo 'prove-gappa       rounding errors; prove-fma the emulated fma, by Flocq'
	@echo 'coq-certificate   DATA=DIR GAMMA=G: a theorem about these doubles, checked by'
	@echo '                  Coq; alone it says what else it takes'
	@echo 'check-coq-certificate  small theorems and damaged ones'
	@echo 'mutate            how much the contracts say; mutate-sample some of it'
	@echo 'eva eacsl         abstract interpretation; contracts while they run'
	@echo 'portable          the golden outputs from other compilers and machines;'
	@echo '                  P=NAME one of them; portable-sample one'
	@echo 'cross-torch       PyTorch as the other implementation'
	@echo 'slurm-test        shards of a sweep as a job array'
	@echo 'bench             speed against peers; bench-compare OLD=FILE'
	@echo 'bench-count       instructions'
	@echo 'install uninstall PREFIX= DESTDIR= LIBDIR= PYTHONDIR='
	@echo 'python            the Python module, ready to be imported'
	@echo 'dist deb          a tarball; Debian packages'
	@echo 'setup             packages; setup-check, setup-prove, setup-coq, setup-flocq'
	@echo '                  those of tests and proofs'
	@echo 'clean             remove what was built'
.PHONY: help
all: $(BUILD)/lfap $(BUILD)/liblfap.a $(BUILD)/liboracle.a

verify: setup
	@$(MAKE) --no-print-directory all
	$(BUILD)/lfap verify

check: setup-check
	@$(MAKE) --no-print-directory verify test

# One test by its path below tests/, without the ending: make test T=unit/chol
ifdef T
test: all $(filter $(BUILD)/tests/$(T),$(UNIT) $(ORACLE_TESTS)) $(BUILD)/tests/cross/solve_many $(BUILD)/tests/cross/polish_many
	@BUILD=$(BUILD) PYTHON=$(PYTHON) sh tests/run.sh $(T)
else
test: all $(UNIT) $(ORACLE_TESTS) $(BUILD)/tests/cross/solve_many $(BUILD)/tests/cross/polish_many $(BUILD)/bench/count
	@BUILD=$(BUILD) PYTHON=$(PYTHON) sh tests/run.sh
endif

# The checks in which PyTorch is the other implementation; `make test` skips them where it is not installed.
cross-torch: setup-check
	@sh tests/setup.sh $(PKG_TORCH)
	@$(MAKE) --no-print-directory all
	BUILD=$(BUILD) $(PYTHON) tests/cross/vectors_torch.py
	BUILD=$(BUILD) $(PYTHON) tests/cross/torch_runs.py
	LFAP_TRAINER=torch BUILD=$(BUILD) $(PYTHON) tests/cross/foreign_networks.py
	BUILD=$(BUILD) $(PYTHON) tests/cli/documents.py

# Everything that can fail, failing; kills; memory and time: of which `make check` runs a sample.
.PHONY: fault-test growth-test
fault-test: setup-check
	@$(MAKE) --no-print-directory all
	BUILD=$(BUILD) $(PYTHON) tests/cli/faults.py --all
	BUILD=$(BUILD) $(PYTHON) tests/cli/injected.py --all
	BUILD=$(BUILD) $(PYTHON) tests/cli/kills.py --all
growth-test: setup-check
	@$(MAKE) --no-print-directory all
	BUILD=$(BUILD) $(PYTHON) tests/cli/growth.py --all

# What takes too long for CI, a target after the other, and a table of them in build/whole.tsv; what has passed on these sources is not run
# again (AGAIN=1: it is). T="sanitize portable": these.
.PHONY: whole
whole:
	@BUILD=$(BUILD) $(PYTHON) tests/whole.py $(if $(AGAIN),--again) $(T)

# Installs what is missing; where nothing is, the check costs milliseconds.
setup:
	@sh tests/setup.sh $(PKG_BUILD)
setup-check:
	@sh tests/setup.sh $(PKG_BUILD) $(PKG_CHECK)
setup-prove:
	@sh tests/setup.sh $(PKG_BUILD) $(PKG_PROVE)

setup-flocq:
	@sh tests/setup.sh $(PKG_FLOCQ)
setup-coq:
	@sh tests/setup.sh $(PKG_BUILD) $(PKG_COQ)

# `make prove F=lfap_dot` proves one function anew, `make prove-upgrade ONLY=src/kernel/step.c` looks at one file.
prove: setup-prove
	$(PYTHON) proofs/prove.py full $(F:%=--function %)
prove-replay: setup-prove
	$(PYTHON) proofs/prove.py replay
prove-regenerate: setup-prove
	$(PYTHON) proofs/prove.py regenerate
prove-update: setup-prove
	$(PYTHON) proofs/prove.py update
	@$(MAKE) --no-print-directory trace
# What other versions of Frama-C or a solver, where they are installed, would cost: goals lost and gained.
prove-upgrade: setup-prove
	$(PYTHON) proofs/prove.py upgrade $(ONLY:%=--only %)
prove-selftest: setup-prove
	$(PYTHON) proofs/prove.py selftest
	$(PYTHON) tests/cross/check_gate.py --alone

# How much the contracts say: single changes of the code, each of which has to break a proof (all, or the first 20).
mutate: setup-prove
	$(PYTHON) proofs/mutate.py
mutate-sample: setup-prove
	$(PYTHON) proofs/mutate.py --check

# Abstract interpretation of a small run of the library; the contracts of the kernels checked while they run.
eva: setup-prove
	BUILD=$(BUILD) sh proofs/eva/run.sh
eacsl: setup-prove
	BUILD=$(BUILD) sh proofs/eacsl/run.sh

# Rounding errors of exp, log1p and of a dot's step, from the order of operations in numerics.md.
prove-gappa: setup-prove
	$(PYTHON) proofs/gappa/check.py
# fma by sums and products is fma (numerics.md N18): Coq with Flocq.
.PHONY: prove-fma
prove-fma: setup-flocq
	BUILD=$(BUILD) sh proofs/flocq/check.sh
# The theorem itself in Coq: builds, then checks that nothing is admitted or assumed (proofs/coq/README.md).
prove-coq: setup-coq
	$(PYTHON) proofs/probe.py coq
	$(MAKE) --no-print-directory -C proofs/coq check JUNIT=$(abspath $(JUNIT)) SARIF=$(abspath $(SARIF))

# A theorem about the data in DATA at slope GAMMA, from their doubles to Coq's kernel: written, compiled, shown with what it assumes, and its
# numbers held against the data. What it may be about besides, and which variables go together for that: proofs/coq/ask.py, which refuses others.
.PHONY: coq-certificate check-coq-certificate measure-coq-certificate
coq-certificate: export COQ_OUT = $(or $(OUT),$(BUILD)/coq-certificate)
coq-certificate:
	@sh tests/setup.sh python3
	@$(PYTHON) proofs/coq/ask.py
	@$(MAKE) -s --no-print-directory setup setup-coq
	@$(MAKE) -s --no-print-directory all
	@BUILD=$(BUILD) $(PYTHON) proofs/coq/ask.py --write
	@$(MAKE) --no-print-directory -C proofs/coq certificate DIR="$$(cd "$$COQ_OUT" && pwd)"

# Small theorems and damaged files: none of these may pass both Coq and `lfap check`. FULL=1: a hundred of them, and every claim in both forms.
check-coq-certificate: setup-check setup-coq
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory -C proofs/coq
	BUILD=$(BUILD) $(PYTHON) proofs/coq/damaged.py $(if $(FULL),--full)
# Time and memory at eleven sizes, up to N = 100, d = 10000: a table, some ten minutes.
measure-coq-certificate: setup-check setup-coq
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory -C proofs/coq
	BUILD=$(BUILD) $(PYTHON) proofs/coq/measure.py

# The sweep's shards as a Slurm job array, under Debian's own daemons on this machine; as root.
.PHONY: slurm-test
slurm-test: setup-check
	@sh tests/setup.sh $(PKG_SLURM)
	@$(MAKE) --no-print-directory all
	BUILD=$(BUILD) $(PYTHON) tests/slurm/array.py

# Speed, as ratios measured in one run against peers that are installed (bench/README.md); no test looks at a clock.
BENCH := $(BUILD)/bench/kernels $(BUILD)/bench/limit_solve $(BUILD)/bench/certificate $(BUILD)/bench/grow $(BUILD)/bench/train_epoch
HAVE = $(shell echo '\#include <$(1)>' | $(CC) -E - >/dev/null 2>&1 && echo '$(2)')
.PHONY: bench bench-compare bench-count bench-count-update
bench: setup
	@$(MAKE) --no-print-directory all $(BENCH)
	$(PYTHON) bench/run.py $(BUILD) $(BUILD)/bench/results.json $(BENCH_FLAGS)
bench-compare:
	@test -n "$(OLD)" || { echo "usage: make bench-compare OLD=old.json [NEW=$(BUILD)/bench/results.json]" >&2; exit 64; }
	$(PYTHON) bench/compare.py $(OLD) $(or $(NEW),$(BUILD)/bench/results.json)
# Instructions, not seconds: callgrind counts them, and CI fails where a kernel costs over 5 % more than committed.
bench-count: setup-check $(BUILD)/bench/count
	@$(PYTHON) bench/count.py $(BUILD)/bench/count
bench-count-update: setup-check $(BUILD)/bench/count
	$(PYTHON) bench/count.py $(BUILD)/bench/count --update

# What tests/cross/separability_exact.py asks.
$(BUILD)/tests/cross/solve_many: tests/cross/lib/solve_many.c $(BUILD)/liboracle.a $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $^ -lmpfr -lgmp $(LDLIBS)

# What tests/cross/c3_exact.py asks.
$(BUILD)/tests/cross/polish_many: tests/cross/lib/polish_many.c $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/bench/kernels: bench/kernels.c $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(call HAVE,cblas.h,-DHAVE_OPENBLAS) -o $@ $^ $(call HAVE,cblas.h,-lopenblas) $(LDLIBS)
$(BUILD)/bench/certificate: bench/certificate.c $(BUILD)/liboracle.a $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(call HAVE,arb_mat.h,-DHAVE_ARB) -o $@ $^ $(call HAVE,arb_mat.h,-lflint-arb -lflint) -lmpfr -lgmp $(LDLIBS)
$(BUILD)/bench/%: bench/%.c $(BUILD)/liboracle.a $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) -D_DEFAULT_SOURCE $(CFLAGS) -o $@ $^ -lmpfr -lgmp $(LDLIBS)

# The command line with every access, overflow and conversion checked, in a folder of its own; tests/cli/sanitized.py runs it. With TESTS=1
# the test programs too (build/sanitized/tests/unit/NAME; TESTS=unit these alone), with FUZZ=1 the fuzz targets alone, with a main of our own.
SANITIZE := -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all
CHOSEN_TESTS = $(filter $(if $(filter unit,$(TESTS)),$(BUILD)/tests/unit/%,%),$(UNIT) $(ORACLE_TESTS))
.PHONY: sanitized
sanitized:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitized OPT=-O1 EXTRA="$(SANITIZE) -g1" \
	  $(if $(TESTS),$(patsubst $(BUILD)/%,$(BUILD)/sanitized/%,$(CHOSEN_TESTS)) $(BUILD)/sanitized/lfap,\
	  $(if $(FUZZ),$(FUZZ_TARGETS:%=$(BUILD)/sanitized/tests/fuzz/%),$(BUILD)/sanitized/lfap))

# The same for races: ThreadSanitizer, which has to see POSIX threads, on a build whose loops are divided from a
# thousandth of the size on that is worth it. Criterion's processes do not start under it: command lines alone.
RACES := -fsanitize=thread -DLFAP_WORTH_A_THREAD=2e3 -Itests/sanitize/c11
.PHONY: races sanitize sanitize-sample
races:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/races OPT=-O1 EXTRA="$(RACES) -g1" $(BUILD)/races/lfap
# All test programs and command lines under the sanitizers, the oracle under valgrind.
sanitize: setup-check
	@$(MAKE) --no-print-directory all sanitized TESTS=1
	@BUILD=$(BUILD) $(PYTHON) tests/sanitize/run.py
# What CI has time for.
sanitize-sample: setup-check
	@$(MAKE) --no-print-directory all sanitized TESTS=unit
	@BUILD=$(BUILD) $(PYTHON) tests/sanitize/run.py --sample

# Fuzzing with clang's libFuzzer: FUZZ_TIME seconds a target, two at a time, from the corpora in tests/fuzz/corpus; ONLY=limit one of them.
# KEEP=1 adds what was found on the way to the corpora, and minimises them. `make check` replays them without clang.
FUZZ_TARGETS := $(sort $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_MAIN ?= tests/fuzz/standalone.c
FUZZ_TIME ?= 12
.PHONY: fuzz
fuzz: setup
	@sh tests/setup.sh $(PKG_FUZZ)
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=clang OPT=-O1 EXTRA="-fsanitize=fuzzer-no-link $(SANITIZE) -g1" FUZZ_MAIN=-fsanitize=fuzzer \
	  $(or $(ONLY:%=$(BUILD)/fuzz/tests/fuzz/%),$(FUZZ_TARGETS:%=$(BUILD)/fuzz/tests/fuzz/%))
	BUILD=$(BUILD) $(PYTHON) tests/fuzz/run.py --time $(FUZZ_TIME) $(if $(KEEP),--keep) $(or $(ONLY),$(FUZZ_TARGETS))

# What a target looks at, or cuts off, in the objects themselves.
$(BUILD)/tests/fuzz/certificate $(BUILD)/tests/fuzz/coq: FUZZ_WRAP := oracle_same_text
$(BUILD)/tests/fuzz/options: FUZZ_WRAP := cli_parse lfap_file_descriptor lfap_file_open lfap_file_read lfap_newfile_begin lfap_dir_make
$(BUILD)/tests/fuzz/%: tests/fuzz/fuzz_%.c $(wildcard tests/fuzz/*.h) tests/fuzz/standalone.c $(CLI_OBJ) $(BUILD)/liboracle.a $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -Itests $(FUZZ_WRAP:%=-Wl,--wrap=%) -o $@ $< $(FUZZ_MAIN) $(filter-out %/main.o,$(CLI_OBJ)) \
	  $(BUILD)/liboracle.a $(BUILD)/liblfap.a $(CLI_LIBS)

# What the ordinary tests reach: lines and branches of src/ and oracle/, above the floor in tests/coverage/floor.tsv; every file in
# build/coverage/coverage.tsv. REPORT=1 looks at the counts that are there. Nothing is compiled more than once, neither for several processors
# nor into those who call it: gcov would tell of each copy's branches apart. No loop is divided, as counters that threads share cost ten
# times the work.
COUNT := --coverage -march=native -DLFAP_NO_CLONES -Dalways_inline= -fno-inline -DLFAP_WORTH_A_THREAD=1e300
.PHONY: coverage
coverage: setup-check
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage OPT=-O1 EXTRA="$(COUNT)" all \
	  $(patsubst $(BUILD)/%,$(BUILD)/coverage/%,$(UNIT) $(ORACLE_TESTS) $(BUILD)/tests/cross/solve_many $(BUILD)/tests/cross/polish_many)
	@BUILD=$(BUILD)/coverage PYTHON=$(PYTHON) $(PYTHON) tests/coverage/run.py $(if $(REPORT),--report)

# The golden outputs and test vectors from other compilers, options and machines (qemu-user): all of them, or P="arm64 musl".
.PHONY: portable portable-sample
portable: setup-check
	@$(MAKE) --no-print-directory all
	BUILD=$(BUILD) $(PYTHON) tests/golden/portable.py $(P)
# One machine, two minutes.
portable-sample: setup-check
	BUILD=$(BUILD) $(PYTHON) tests/golden/portable.py arm64-library "i386, x87"

golden: all
	BUILD=$(BUILD) $(PYTHON) tests/golden/regenerate.py

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gen/statements.c: spec/statements.tsv spec/kernels.tsv spec/statements.awk
	@mkdir -p $(@D)
	$(Q)awk -f spec/statements.awk spec/kernels.tsv spec/statements.tsv > $@.tmp && mv $@.tmp $@
# Claims: lfap_claims, and the members of a certificate's file. `make tables` writes what is committed.
$(BUILD)/gen/claims.c: PART := table
$(BUILD)/gen/members.c: PART := members
$(BUILD)/gen/claims.c $(BUILD)/gen/members.c: spec/claims.tsv spec/claims.awk spec/statements.tsv
	@mkdir -p $(@D)
	$(Q)awk -v part=$(PART) -f spec/claims.awk spec/claims.tsv > $@.tmp && mv $@.tmp $@
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Reports: what writes them, from the table of fields.
FIELDS := spec/fields.tsv spec/fields.awk spec/claims.tsv src/perturb/norm.h
$(BUILD)/gen/fields.h $(BUILD)/gen/fields.c $(BUILD)/gen/keys.h: $(FIELDS)
	@mkdir -p $(@D)
	$(Q)awk -v make=$(notdir $@) -f spec/fields.awk spec/fields.tsv > $@.tmp && mv $@.tmp $@
# What `lfap doctor` holds its bits against.
$(BUILD)/gen/golden.c: tests/golden/vectors.txt
	@mkdir -p $(@D)
	$(Q)awk 'BEGIN { print "#include \"cli/doctor.h\"\nconst cli_golden cli_golden_vectors[] = {" } \
	  { printf "  {\"%s\", \"%s\"},\n", $$2, $$1 } END { print "  {0}};" }' $< > $@.tmp && mv $@.tmp $@
$(CLI_OBJ): | $(BUILD)/gen/fields.h $(BUILD)/gen/keys.h

$(BUILD)/liblfap.a: $(LIB_OBJ)
	$(SAY) AR $@
	$(Q)rm -f $@ && ar rcs $@ $^
$(BUILD)/liboracle.a: $(ORA_OBJ)
	$(SAY) AR $@
	$(Q)rm -f $@ && ar rcs $@ $^
$(BUILD)/lfap: $(CLI_OBJ) $(BUILD)/liboracle.a $(BUILD)/liblfap.a
	$(SAY) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CLI_LIBS)

# What tests/counted.h counts is counted in every object.
COUNTED := -Wl,--wrap=lfap_gram,--wrap=lfap_rows_product,--wrap=lfap_qm_open,--wrap=lfap_data_check
$(BUILD)/tests/unit/set: LDLIBS += $(COUNTED)
$(BUILD)/tests/oracle/once: LDLIBS += $(COUNTED),--wrap=oracle_gram_make

# What tests/failing.h makes fail.
$(BUILD)/tests/unit/failing $(BUILD)/tests/oracle/failing: LDLIBS += $(foreach f,malloc calloc realloc free strdup strndup,-Wl,--wrap=$(f))

# The golden cases without what foreign machines may lack.
$(BUILD)/tests/golden/library: tests/golden/library.c $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(BUILD)/tests/oracle/%: tests/oracle/%.c $(BUILD)/liboracle.a $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -Itests -MMD -MP -o $@ $(filter %.c %.a,$^) -lcriterion -lflint-arb -lflint -lmpfr -lgmp $(LDLIBS)
$(BUILD)/tests/%: tests/%.c $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -Itests -MMD -MP -o $@ $< $(BUILD)/liblfap.a -lcriterion -lmpfr -lgmp $(LDLIBS)

include src/packaging/packaging.mk

# The sections of committed files that spec/claims.tsv and src/verify/lines.def write; a test checks that they are up to date.
TABLES := src/lfap.h src/lfap_certifier.h spec/formats.md spec/certificate.md
.PHONY: tables
tables:
	@for f in $(TABLES); do awk -f spec/claims.awk spec/claims.tsv $$f > $$f.new || { rm -f $$f.new; exit 1; }; \
	  if cmp -s $$f $$f.new; then rm $$f.new; else mv $$f.new $$f; echo "tables: $$f"; fi; done
	@for f in spec/report.schema.json spec/formats.md; do \
	  awk -v make=$${f#spec/} -f spec/fields.awk spec/fields.tsv $$f > $$f.new || { rm -f $$f.new; exit 1; }; \
	  if cmp -s $$f $$f.new; then rm $$f.new; else mv $$f.new $$f; echo "tables: $$f"; fi; done

# The table from statements to functions, the kernels these link to, proofs and tests; a test checks that it is up to date.
trace:
	BUILD=$(BUILD) CC=$(CC) $(PYTHON) spec/trace.py

clean:
	rm -rf $(BUILD)

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(ORA_OBJ:.o=.d) $(UNIT:=.d) $(ORACLE_TESTS:=.d)
