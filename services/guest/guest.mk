# SPDX-License-Identifier: MIT
# The programs inside an image: one static binary, build/VARIANT/guest/guest. Linked here, run on any suite:
# the C library and every other one come along, and --fatal-warnings fails the build if something
# would load a shared object at run time after all (offline.c). Sanitizers need a dynamic link, for tests only.
guest_src  := $(sort $(wildcard services/guest/*.c services/guest/*/*.c))
guest_obj  := $(guest_src:services/guest/%.c=$(build)/guest/%.o)
guest_base := $(patsubst %,$(build)/%.o,$(addprefix base/,err cron mem arena text bytes file digest child clock utf8 stream terminal thread_pool) \
	$(addprefix schema/,node problem scalar legible) $(addprefix recipe/,draft output pattern) \
	$(addprefix contract/,contract bench_json event host_name version_order))
guest_part := $(filter-out $(build)/guest/main.o $(build)/guest/lib/offline.o,$(guest_obj)) $(guest_base)
guest_lib  := $(build)/guest.a
guest_inc  := -Iservices/guest -Ibuilder $(patsubst -I%,-isystem %,$(shell pkg-config --cflags libmariadb hiredis 2>/dev/null))
guest_wrap := dlopen getaddrinfo gethostbyname getpwuid getservbyname
guest_libs := -lmariadb -lhiredis -ljansson -lyaml -lssl -lcrypto
ifeq ($(filter san,$(VARIANT)),)
guest_link := -static $(if $(filter release,$(VARIANT)),-s) -Wl,--fatal-warnings $(guest_wrap:%=-Wl,--wrap=%) -l:libmariadbclient.a \
	-lhiredis -ljansson -lyaml -lssl -lcrypto -lzstd -lz -lpthread
else
guest_link := $(guest_libs) $(guest_wrap:%=-Wl,--wrap=%)
endif

guest: $(build)/guest/guest $(build)/guest/libraries.json

$(build)/guest/guest: $(guest_obj) $(guest_base)
	$(call short,LINK,$@)$(CC) $(filter-out -fPIE,$(CFLAGS)) -o $@ $^ $(guest_link) -Wl,--trace,--trace >$@.trace

# What the program is compiled from, and how: the same wherever that is done.
guest_text := $(sort $(guest_src) $(wildcard services/guest/*.h services/guest/*/*.h) $(foreach o,$(guest_base),$(wildcard $(o:$(build)/%.o=builder/%.[ch]))))

# What came along, for the image's bill of materials (mkbench sbom); it names the program's bytes, so it is made with them.
$(build)/guest/libraries.json: $(build)/guest/guest services/guest/linked
	$(call short,NOTE,$@)services/guest/linked $< $(version) $$(echo $(VARIANT) | cat - $(guest_text) | sha256sum | cut -d' ' -f1) <$<.trace >$@.new && mv $@.new $@

$(build)/guest/%.o: services/guest/%.c
	@mkdir -p $(@D)
	$(call short,CC,$<)$(CC) $(guest_inc) -MMD -MP $(CFLAGS) -c -o $@ $<

$(guest_lib): $(guest_part)
	$(archive)

$(build)/t/guest_%: tests/unit/guest_%.c $(guest_lib)
	@mkdir -p $(@D)
	$(call short,TEST,$@)$(CC) $(guest_inc) -Itests/unit -MMD -MP $(CFLAGS) $(LDFLAGS) -o $@ $< $(guest_lib) $(guest_libs)

build/fuzz/target/guest_%: tests/fuzz/guest_%.c $(guest_lib)
	@mkdir -p $(@D)
	$(call short,FUZZ,$@)$(CC) $(guest_inc) $(CFLAGS) -fsanitize=fuzzer -o $@ $< $(guest_lib) $(guest_libs)

lint: guest-lint
guest-lint: $(guest_obj)
	@tests/lint/symbols $(filter-out %/main.o,$(guest_obj))
	@tests/lint/terminal $(guest_src)

tidy: $(guest_src:services/guest/%.c=build/tidy/guest/%.ok)
build/tidy/guest/%.ok: services/guest/%.c .ci/clang-tidy
	@mkdir -p $(@D)
	$(call short,TIDY,$<).ci/tidy $@ $< -std=gnu17 -D_GNU_SOURCE $(guest_inc) $(bounded)

.PHONY: guest-lint
