# SPDX-License-Identifier: MIT
# make            the tool (build/mkbench) and the programs that run inside an image
# make demo       dependencies, tool, demo recipe to a running bench, its address
# make test       dependencies, lint, every test
# make format     lays all C out by clang-format 14
# make check      lint, unit and end-to-end tests that need no network and no root
# make bench      speed and memory beside mmdebstrap, docker and mkosi: build/bench.txt, build/bench.svg; ROUNDS=1 ROWS='app-*' PEERS=docker for a part
# make bench-faults  kills and power cuts of the demo, the table build/faults.md; long by KILLS=500 CUTS=200 UPGRADES=200
# make reports    what people have met elsewhere, tried on the demo in a Docker of its own: a table; REPORTS='01 17' for some
# make fuzz       each parser of foreign bytes under libFuzzer for a bounded while
# make install    PREFIX=/usr/local; make uninstall
# make deb        out/mkbench_VERSION_ARCHITECTURE.deb
# VARIANT=dev|san|release picks the flags (install, deb, demo and bench take release; san is clang's, for its fuzzer), CC=gcc|clang the
# compiler; V=1 shows each call whole.
# All processors are used, or -jN. Tests run JOBS at a time.

VARIANT ?= $(if $(filter install,$(MAKECMDGOALS)),release,dev)
CC      ?= cc
clang   := $(filter-out $(lastword $(CC)),$(CC)) clang
PREFIX  ?= /usr/local
JOBS    ?= $(shell expr $$(nproc) + 2)
build   := build/$(VARIANT)
comma   := ,

ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

# $(call short,WORD,FILE) before a command: a short line in place of the call.
short = $(if $(V),,@printf '  %-4s %s\n' $1 $2;)

warn := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wpointer-arith -Wvla -Wundef -Wconversion -Werror
flags.dev     := -O1 -g
flags.san     := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
flags.release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE

libs    := yaml-0.1 libcrypto libcurl jansson libarchive libzstd libdeflate libseccomp
needs   := $(libs)
CFLAGS  += -std=gnu17 -D_GNU_SOURCE $(warn) $(flags.$(VARIANT))
LDFLAGS += $(if $(filter release,$(VARIANT)),-pie -Wl$(comma)-z$(comma)now)
have    := $(shell pkg-config --exists $(needs) 2>/dev/null && echo yes)
ifeq ($(have),yes)
CFLAGS  += $(shell pkg-config --cflags $(libs))
LDLIBS  += $(shell pkg-config --libs $(libs)) -lpthread
endif

src  := $(sort $(wildcard builder/*/*.c builder/*/*/*.c))
obj  := $(src:builder/%.c=$(build)/%.o)
lib  := $(build)/mkbench.a
unit := $(patsubst tests/unit/%.c,$(build)/t/%,$(sort $(wildcard tests/unit/*.c)))
pure := schema recipe debian plan tree template contract service

all: build/mkbench guest $(build)/later.so

# build/mkbench is the variant that was made last, whatever the time stamps say.
ifneq ($(shell readlink build/mkbench),$(VARIANT)/mkbench)
.PHONY: build/mkbench
endif
build/mkbench: $(build)/mkbench
	@ln -sfn $(VARIANT)/mkbench $@

# What is linked into many programs is an archive: each takes what it needs of it.
archive = $(call short,AR,$@)rm -f $@ && ar qcs --thin $@ $^

$(lib): $(obj)
	$(archive)

# Moved into its place whole: somebody may run the old one.
$(build)/mkbench: $(build)/main.o $(lib)
	$(call short,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@.new $^ $(LDLIBS) && mv -f $@.new $@

# For programs of images, so with nothing of this machine's in it.
$(build)/later.so: builder/later.c
	@mkdir -p $(@D)
	$(call short,LINK,$@)$(CC) -std=gnu17 -D_GNU_SOURCE $(warn) -O2 -fPIC -shared -fvisibility=hidden -o $@ $<

$(build)/t/%: tests/unit/%.c $(lib)
	@mkdir -p $(@D)
	$(call short,TEST,$@)$(CC) -Ibuilder -Itests/unit -MMD -MP $(CFLAGS) $(LDFLAGS) -o $@ $< $(lib) $(LDLIBS)

$(build)/parity/%: tests/parity/%.c $(lib)
	@mkdir -p $(@D)
	$(call short,TEST,$@)$(CC) -Ibuilder -MMD -MP $(CFLAGS) $(LDFLAGS) -o $@ $< $(lib) $(LDLIBS)

# The one place of the version; a build from a clone names its commit, too.
version := 0.1.0
commit   = $(if $(wildcard .git),$(shell git describe --always --dirty --exclude '*' 2>/dev/null))
$(build)/version.h: FORCE
	@mkdir -p $(@D)
	@printf '#define MKBENCH_VERSION "%s"\n#define MKBENCH_COMMIT "%s"\n' '$(version)' '$(if $(commit), (commit $(commit)))' >$@.new
	@cmp -s $@ $@.new && rm $@.new || mv $@.new $@
$(build)/main.o: $(build)/version.h
$(build)/main.o: CFLAGS += -I$(build)
$(build)/base/mkbench_version.o: Makefile
$(build)/base/mkbench_version.o: CFLAGS += -DMKBENCH_VERSION='"$(version)"'

$(build)/%.o: builder/%.c
	@mkdir -p $(@D)
	$(call short,CC,$<)$(CC) -Ibuilder -MMD -MP $(CFLAGS) -c -o $@ $<

include $(wildcard services/guest/guest.mk)

# The first two targets bring their packages, so they start make anew to see them.
demo:
	@.ci/setup demo
	@$(MAKE) --no-print-directory VARIANT=release demo-run

demo-run: all
	build/mkbench build recipes/demo.yml -o out
	build/mkbench run out/demo-1.0.tar --detach

test:
	@.ci/setup test
	@$(MAKE) --no-print-directory test-all

# Unit tests run plain and under the sanitizers; everything else runs the dev build once. Containers boot in two lanes, beside that of a disk and
# all the rest: each boot wants most of a processor and a gigabyte, and waits a third of its time. The analyser takes what they leave.
bats  := $(wildcard tests/parity/*.bats tests/fuzz/*.bats) $(sort $(wildcard tests/e2e/*.bats)) # the longest first
disk  := tests/boot/disk.bats
boots := $(filter-out $(disk),$(sort $(wildcard tests/boot/*.bats)))
rest  := $(bats) $(unit) $(unit:$(build)/%=build/san/%)
space := $(subst ,, )
# A lane each, in this order: prove would put lanes of several files behind whatever has none.
lane   = --rules 'seq={$(subst $(space),$(comma),$(strip $1))}'
lanes := --rules 'seq=$(disk)' $(call lane,$(wordlist 1,9,$(boots))) $(call lane,$(wordlist 10,99,$(boots))) $(foreach file,$(rest),--rules 'seq=$(file)')
# The last net against a test that hangs is of the whole run: the watchdog of bats 1.8, a process a test, now and then outlives a test that
# ends at once, and holds everything up as long as it may.
prove := MKBENCH=$(CURDIR)/$(build)/mkbench timeout --foreground 6h prove --timer --failures --comments -j$(JOBS)

test-all: all lint $(unit) $(build)/parity/resolve
	@$(MAKE) --no-print-directory VARIANT=san CC='$(clang)' units fuzzers
	@$(MAKE) --no-print-directory test-run tidy

# All that it runs is made before: it takes one of make's jobs at once, and the analyser, which is nice, the others.
test-run:
	@echo '  TEST $(disk) $(boots) $(words $(rest)) more'
	@$(prove) $(lanes) $(disk) $(boots) $(rest)

check: lint all $(unit)
	$(prove) $(unit) $(wildcard tests/e2e/*.bats)

units: $(unit)

# All that clang-format lays out.
style := $(sort $(wildcard builder/*.[ch] builder/*/*.[ch] builder/*/*/*.[ch] services/guest/*.[ch] services/guest/*/*.[ch] tests/*/*.[ch]))
format:
	@tests/lint/format --write $(style)

lint: $(obj) build/mkbench
	$(call short,LINT,builder)tests/lint/layers builder/layers $(sort $(wildcard builder/*.[ch] builder/*/*.[ch] builder/*/*/*.[ch] services/guest/*.[ch] services/guest/*/*.[ch]))
	@tests/lint/pure $(pure:%=$(build)/%)
	@tests/lint/symbols $(obj)
	@tests/lint/stems $(style)
	@tests/lint/budget $(style)
	@tests/lint/format $(style)
	@tests/lint/hosts
	@tests/lint/spdx
	@tests/lint/bats $(sort $(wildcard tests/*/*.bats tests/*/*.bash tests/*.bash))
	@tests/lint/reference build/mkbench
	@tests/lint/howto recipes/howto
	@tests/lint/map
	@tests/lint/links

# The analyser follows each function through so many states; its own bound, 225000, takes three times as long: make tidy STATES=225000
STATES ?= 75000
bounded := -Xclang -analyzer-config -Xclang max-nodes=$(STATES)
tidy: $(src:builder/%.c=build/tidy/%.ok)
build/tidy/%.ok: builder/%.c .ci/clang-tidy
	@mkdir -p $(@D)
	$(call short,TIDY,$<).ci/tidy $@ $< -std=gnu17 -D_GNU_SOURCE -Ibuilder $(bounded)

bench:
	@.ci/setup bench
	@$(MAKE) --no-print-directory VARIANT=release all
	tests/bench/run

# Kills and power cuts of the demo under load, and the table build/faults.md. Bounded; long: make bench-faults KILLS=500 CUTS=200 UPGRADES=200 [SEED=n]
bench-faults:
	@.ci/setup test
	@$(MAKE) --no-print-directory VARIANT=release all
	tests/faults/run $(CURDIR)/build/release/mkbench $(or $(KILLS),50) $(or $(CUTS),20) $(or $(UPGRADES),24) $(SEED)

# Reports of others, each with its right value; opt-in: it boots the demo some forty times.
reports:
	@.ci/setup test
	@$(MAKE) --no-print-directory all units
	tests/boot/reports $(REPORTS)

# Parsers of foreign bytes under libFuzzer, a minute each or FUZZ_SECONDS; `make test` runs the corpora once.
fuzz:
	@.ci/setup test
	@$(MAKE) --no-print-directory VARIANT=san CC='$(clang)' fuzzers
	for f in build/fuzz/target/*; do mkdir -p build/fuzz/corpus/$${f##*/}; $$f -max_total_time=$(or $(FUZZ_SECONDS),60) \
		build/fuzz/corpus/$${f##*/} tests/fuzz/corpus/$${f##*/} || exit 1; done

fuzzers: $(patsubst tests/fuzz/%.c,build/fuzz/target/%,$(sort $(wildcard tests/fuzz/*.c)))
build/fuzz/target/%: tests/fuzz/%.c $(lib)
	@mkdir -p $(@D)
	$(call short,FUZZ,$@)$(CC) -Ibuilder -Itests/fuzz $(CFLAGS) -fsanitize=fuzzer -o $@ $< $(lib) $(LDLIBS)

# Nothing outside these places: PREFIX/bin, share/mkbench, the manual and what shells complete with.
into  = $(DESTDIR)$(PREFIX)
share = $(into)/share/mkbench
pages = $(into)/share/man/man1/mkbench.1 $(into)/share/bash-completion/completions/mkbench \
	$(into)/share/zsh/site-functions/_mkbench $(into)/share/fish/vendor_completions.d/mkbench.fish

install: $(build)/mkbench guest $(build)/later.so
	install -D -m 755 $(build)/mkbench $(into)/bin/mkbench
	install -D -m 755 $(build)/guest/guest $(share)/guest
	install -D -m 644 $(build)/guest/libraries.json $(share)/libraries.json
	install -D -m 644 $(build)/later.so $(share)/later.so
	cp -R services rootfs recipes $(share)
	rm -f $(share)/recipes/*.lock
	chmod -R u=rwX,go=rX $(share)
	@mkdir -p $(dir $(pages))
	$(build)/mkbench help --man >$(word 1,$(pages))
	$(build)/mkbench completion bash >$(word 2,$(pages))
	$(build)/mkbench completion zsh >$(word 3,$(pages))
	$(build)/mkbench completion fish >$(word 4,$(pages))
	chmod 644 $(pages)

uninstall:
	rm -rf $(share)
	rm -f $(into)/bin/mkbench $(pages)

# A package of what `make install` lays down, for the Debian that it is made on and newer ones.
deb:
	@.ci/setup deb
	@$(MAKE) --no-print-directory VARIANT=release deb-made

deb-made: $(build)/mkbench guest $(build)/later.so
	@rm -rf build/deb
	@mkdir -p build/deb/debian out
	@$(MAKE) --no-print-directory VARIANT=$(VARIANT) DESTDIR=$(CURDIR)/build/deb/root PREFIX=/usr -s install
	.ci/deb build/deb $(version) out

clean:
	rm -rf build

.PHONY: FORCE all guest demo demo-run test test-all test-run check units lint format tidy bench bench-faults reports fuzz fuzzers install uninstall deb deb-made clean
.DELETE_ON_ERROR:
-include $(shell find build -type f -name '*.d' 2>/dev/null)
