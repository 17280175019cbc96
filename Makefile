# make            the program, build/phieu
# make check      unit tests of every room, then the case tests through the command line
# make asan       the same, built with AddressSanitizer and UndefinedBehaviorSanitizer
# make lint       rooms, headers, forbidden calls, clang-format, cppcheck, gcc -fanalyzer
# make accuracy   what is read, asked and read wrong under every damage, and on paper of a second maker, against the
#                 pinned tables
# make accuracy-long  ten million positions (hours; goes on where it was stopped)
# make bench      speed and memory as ratios measured in one run
# make fuzz       a bounded run of every fuzz target
# make format     rewrites the sources as clang-format decides
# make install    to $(DESTDIR)$(PREFIX); make clean
#
# The rooms of src/, what each may include and which libraries it needs stand in src/ROOMS.

PREFIX ?= /usr/local
BUILD  ?= build
CC     ?= gcc
CXX    ?= g++
OPT    ?= -O3 -g
WARN   := -Wall -Wextra -Wshadow -Wpointer-arith -Wwrite-strings -Wvla
CWARN  := -Wstrict-prototypes -Wmissing-prototypes
comma  := ,
ifdef SAN
SAN_FLAGS := -fsanitize=address$(comma)undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
OPT := -O1 -g
endif

ROOMS := $(shell awk -F'[: ]+' '!/^\#/ && NF {print $$1}' src/ROOMS)
PKGS  := $(shell scripts/rooms packages)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   := $(shell pkg-config --libs $(PKGS)) -lopencv_features2d -lopencv_calib3d -lopencv_imgproc -lopencv_core -lgomp -lm
CPPFLAGS += -Isrc -I$(BUILD)/gen $(PKG_CFLAGS) -DGETTEXT_PACKAGE='"phieu"'
CFLAGS   += -std=c11 -D_GNU_SOURCE $(OPT) $(WARN) $(CWARN) $(SAN_FLAGS)
CXXFLAGS += -std=c++17 -D_GNU_SOURCE -isystem /usr/include/opencv4 $(OPT) $(WARN) $(SAN_FLAGS)
LDFLAGS  += $(SAN_FLAGS)

.PHONY: all check unit cases asan lint accuracy accuracy-long bench fuzz format install clean
# the program's words, and those of the libraries that speak through it
WORDS := $(addprefix $(BUILD)/locale/vi/LC_MESSAGES/,phieu.mo glib20.mo libc.mo)
all: $(BUILD)/phieu $(WORDS)

# ---- rooms: src/ROOM/*.c and *.cpp -> build/lib/ROOM.a; its unit test links with it and the rooms it may use. A long
# test has parts: tests/unit/ROOM_test.c and ROOM-*.c
objects = $(patsubst src/%,$(BUILD)/obj/%.o,$(wildcard src/$(1)/*.c src/$(1)/*.cpp src/$(1)/*.S))
# libraries of a room and all it stands on, the room first
libs = $(patsubst %,$(BUILD)/lib/%.a,$(shell scripts/rooms closure $(1)))

define room_rules
$(BUILD)/lib/$(1).a: $(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	@$(AR) rcs $$@ $$^
$(BUILD)/unit/$(1): $(patsubst tests/%,$(BUILD)/obj/%.o,$(wildcard tests/unit/$(1)_test.c tests/unit/$(1)-*.c)) $(call libs,$(1))
	@mkdir -p $$(@D)
	@echo LINK $$@
	@$(CXX) $(LDFLAGS) -o $$@ $$^ $(PKG_LIBS)
endef
$(foreach room,$(ROOMS),$(eval $(call room_rules,$(room))))

$(BUILD)/phieu: $(call libs,cli)
	@echo LINK $@
	@$(CXX) $(LDFLAGS) -o $@ -Wl,--whole-archive $(BUILD)/lib/cli.a -Wl,--no-whole-archive $^ $(PKG_LIBS)

$(BUILD)/obj/%.c.o: src/%.c
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/obj/%.cpp.o: src/%.cpp
	@mkdir -p $(@D)
	@echo CXX $<
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<
# what recognition learned is part of the program, as is what other rules here make
$(BUILD)/obj/%.S.o: src/%.S $(wildcard models/*.bin)
	@mkdir -p $(@D)
	@$(CC) -Wa,-I$(BUILD)/gen -c -o $@ $<
# the digest of the reader's sources: over all that decides a reading, which is what reader.c includes, the rooms intake
# stands on (the store apart) and the models. Names and contents alone: the same in every clone, for every compiler.
READER_ROOMS := $(filter-out intake store,$(shell scripts/rooms closure intake))
READER_FILES := $(sort $(foreach room,$(READER_ROOMS),$(foreach kind,c h cpp S,$(wildcard src/$(room)/*.$(kind)))) \
    $(addprefix src/intake/,reader.c issuer.c issuer.h) $(wildcard models/*.bin))
$(BUILD)/gen/intake/reader-id: $(READER_FILES) $(addprefix src/,$(READER_ROOMS)) Makefile
	@mkdir -p $(@D)
	@sha256sum $(READER_FILES) | sha256sum | head -c 16 >$@
$(BUILD)/obj/intake/reader-id.S.o: $(BUILD)/gen/intake/reader-id
# the desk's page, bundled from its sources and the locked packages scripts/setup installs
WEB := src/desk/web
WEB_TOOLS := build/web/node_modules
ESBUILD := NODE_PATH=$(abspath $(WEB_TOOLS)) $(WEB_TOOLS)/.bin/esbuild --bundle --minify --target=chrome100,firefox100 --log-level=warning
WEB_FILES := $(addprefix $(BUILD)/gen/desk/,index.html icon.svg app.js app.css)
$(BUILD)/gen/desk/app.js $(BUILD)/gen/desk/app.css: $(BUILD)/gen/desk/app.%: $(wildcard $(WEB)/*.js $(WEB)/*.css $(WEB)/i18n/*.json) $(WEB_TOOLS)/.installed
	@mkdir -p $(@D)
	@echo BUNDLE $@
	@$(ESBUILD) $(WEB)/app.$* --outfile=$@
$(BUILD)/gen/desk/%: $(WEB)/%
	@mkdir -p $(@D)
	@cp $< $@
$(WEB_TOOLS)/.installed:
	@echo "$(WEB_TOOLS): not there; run scripts/setup" >&2; exit 1
$(BUILD)/obj/desk/assets.S.o: $(WEB_FILES)
$(BUILD)/obj/unit/%.c.o: tests/unit/%.c
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/locale/vi/LC_MESSAGES/phieu.mo: src/po/vi.po
$(BUILD)/locale/vi/LC_MESSAGES/glib20.mo: src/po/glib20-vi.po
$(BUILD)/locale/vi/LC_MESSAGES/libc.mo: src/po/libc-vi.po
$(WORDS):
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

# ---- programs of tests/: the scanner simulator, the bench and the fuzz targets
$(BUILD)/obj/tests/%.c.o: tests/%.c
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -c -o $@ $<
SIM_OBJECTS := $(patsubst tests/%,$(BUILD)/obj/tests/%.o,$(wildcard tests/sim/*.c))
$(BUILD)/simulate: $(SIM_OBJECTS) $(call libs,base)
	@echo LINK $@
	@$(CXX) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
$(BUILD)/mark-features: $(BUILD)/obj/tests/train/features.c.o $(call libs,mark)
	@echo LINK $@
	@$(CXX) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
# the simulator's pens fill in combs to learn from
$(BUILD)/digit-features: $(BUILD)/obj/tests/train/digits.c.o $(filter-out %/main.c.o,$(SIM_OBJECTS)) $(call libs,text)
	@echo LINK $@
	@$(CXX) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
BENCH_OBJECTS := $(patsubst tests/%,$(BUILD)/obj/tests/%.o,$(wildcard tests/bench/*.c))
$(BUILD)/bench: $(BENCH_OBJECTS) $(call libs,page)
	@echo LINK $@
	@$(CXX) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
PLACE_OBJECTS := $(patsubst tests/%,$(BUILD)/obj/tests/%.o,$(wildcard tests/place/*.c))
$(BUILD)/place: $(PLACE_OBJECTS) $(call libs,register)
	@echo LINK $@
	@$(CXX) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

# a second maker of paper and pens, of which the reader has learned nothing
$(BUILD)/obj/tests/%.cpp.o: tests/%.cpp
	@mkdir -p $(@D)
	@echo CXX $<
	@$(CXX) $(CPPFLAGS) -Itests $(CXXFLAGS) -MMD -MP -c -o $@ $<
UNSEEN_OBJECTS := $(patsubst tests/%,$(BUILD)/obj/tests/%.o,$(wildcard tests/unseen/*.cpp))
$(BUILD)/unseen: $(UNSEEN_OBJECTS)
	@echo LINK $@
	@$(CXX) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

# every target with the driver and the room it is about
fuzz_room = $(if $(filter code,$(1)),layout,$(1))
define fuzz_rules
$(BUILD)/fuzz/$(1): $(BUILD)/obj/tests/fuzz/$(1)_fuzz.c.o $(BUILD)/obj/tests/fuzz/fuzz.c.o $(call libs,$(call fuzz_room,$(1)))
	@mkdir -p $$(@D)
	@echo LINK $$@
	@$(CXX) $(LDFLAGS) -o $$@ $$^ $(PKG_LIBS)
endef
$(foreach target,$(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c)),$(eval $(call fuzz_rules,$(target))))

# rows changed with the chain made to fit, as only one could who has the program's sources
$(BUILD)/forge: $(BUILD)/obj/tests/forge/main.c.o $(call libs,store)
	@echo LINK $@
	@$(CXX) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

UNITS := $(patsubst tests/unit/%_test.c,%,$(wildcard tests/unit/*_test.c))
unit: $(UNITS:%=$(BUILD)/unit/%) $(BUILD)/forge
check: all unit $(BUILD)/simulate
	scripts/check $(BUILD)
asan:
	$(MAKE) SAN=1 BUILD=build/asan check
lint:
	scripts/lint
accuracy: all $(BUILD)/simulate $(BUILD)/unseen
	scripts/accuracy --build $(BUILD)
	scripts/accuracy-unseen --build $(BUILD)
accuracy-long: all $(BUILD)/simulate
	scripts/accuracy-long --build $(BUILD)
bench: all $(BUILD)/simulate $(BUILD)/bench
	scripts/bench
fuzz:
	scripts/fuzz
format:
	clang-format -i $$(git ls-files --cached --others --exclude-standard 'src/*.[ch]' 'src/*.cpp' 'tests/*.[ch]' 'tests/*.cpp')
install: all
	install -D -m 755 $(BUILD)/phieu $(DESTDIR)$(PREFIX)/bin/phieu
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/phieu/locale/vi/LC_MESSAGES $(WORDS)
clean:
	rm -rf build

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
