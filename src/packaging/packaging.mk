# packaging.mk - what an installed lfap is made of: shared libraries, pkg-config files, manual, completions, `make install`,
# Debian packages and the tarball. Part of the Makefile.
VERSION := $(shell sed -n 's/^.define LFAP_VERSION "\(.*\)"/\1/p' src/lfap.h)
SONAME  := 0
PKG     := src/packaging
PACKED  := $(BUILD)/packaging

PREFIX     ?= /usr/local
LIBDIR     ?= $(PREFIX)/lib
BINDIR     := $(PREFIX)/bin
INCLUDEDIR := $(PREFIX)/include
MANDIR     := $(PREFIX)/share/man
BASHDIR    := $(PREFIX)/share/bash-completion/completions
ZSHDIR     := $(PREFIX)/share/zsh/site-functions
FISHDIR    := $(PREFIX)/share/fish/vendor_completions.d
PYTHONDIR  ?= $(PREFIX)/lib/python3/dist-packages

# ---- shared libraries: the same objects, compiled to be moved ---------------------------------------------------------
PIC_LIB := $(patsubst $(BUILD)/%,$(BUILD)/pic/%,$(LIB_OBJ))
PIC_ORA := $(patsubst $(BUILD)/%,$(BUILD)/pic/%,$(ORA_OBJ))
PUBLIC  := src/lfap.h src/lfap_certifier.h oracle/lfap_oracle.h
# What the Python module takes beside these.
INNER   := src/io/text.h src/io/precision.h src/data/scale.h src/perturb/norm.h src/net/readout.h src/verify/judge.h src/verify/reason.h src/verify/lines.h \
  src/study/study.h src/study/grid.h src/study/table.h oracle/verify/certifier.h

$(BUILD)/pic/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) PIC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -MMD -MP -c -o $@ $<
$(BUILD)/pic/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	$(SAY) PIC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -MMD -MP -c -o $@ $<

-include $(PIC_LIB:.o=.d) $(PIC_ORA:.o=.d)

# What the headers declare is public. What the oracle takes of the library's inside is a version of its own, which no
# program links to by accident and which binds the two libraries of one build together.
$(PACKED)/lfap.map: $(PIC_LIB) $(PIC_ORA) $(PUBLIC) $(INNER) $(PKG)/exports.sh
	@mkdir -p $(@D)
	$(Q)sh $(PKG)/exports.sh LFAP_$(SONAME) "$(PIC_LIB)" "$(PIC_ORA)" "$(INNER)" $(PUBLIC) > $@.tmp && mv $@.tmp $@
$(PACKED)/lfap-oracle.map: $(PIC_ORA) $(PUBLIC) $(INNER) $(PKG)/exports.sh
	@mkdir -p $(@D)
	$(Q)sh $(PKG)/exports.sh LFAP_ORACLE_$(SONAME) "$(PIC_ORA)" "" "$(INNER)" $(PUBLIC) > $@.tmp && mv $@.tmp $@

SHARED := $(BUILD)/liblfap.so.$(VERSION) $(BUILD)/liblfap-oracle.so.$(VERSION)
$(BUILD)/liblfap.so.$(VERSION): $(PIC_LIB) $(PACKED)/lfap.map
	$(SAY) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,liblfap.so.$(SONAME) -Wl,--version-script=$(PACKED)/lfap.map -Wl,-z,defs -o $@ $(PIC_LIB) $(LDLIBS)
	$(Q)ln -sf liblfap.so.$(VERSION) $(BUILD)/liblfap.so.$(SONAME) && ln -sf liblfap.so.$(SONAME) $(BUILD)/liblfap.so
$(BUILD)/liblfap-oracle.so.$(VERSION): $(PIC_ORA) $(PACKED)/lfap-oracle.map $(BUILD)/liblfap.so.$(VERSION)
	$(SAY) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,liblfap-oracle.so.$(SONAME) -Wl,--version-script=$(PACKED)/lfap-oracle.map -Wl,-z,defs \
	  -o $@ $(PIC_ORA) $(BUILD)/liblfap.so.$(VERSION) -lmpfr -lgmp $(LDLIBS)
	$(Q)ln -sf liblfap-oracle.so.$(VERSION) $(BUILD)/liblfap-oracle.so.$(SONAME) && ln -sf liblfap-oracle.so.$(SONAME) $(BUILD)/liblfap-oracle.so

# ---- Python: the package as it is installed, ready under $(BUILD)/python (PYTHONPATH, and LFAP_LIBRARY=$(BUILD)) ---------
PY_SRC := $(wildcard src/python/lfap/*.py) src/python/lfap/py.typed
PY     := $(patsubst src/python/%,$(BUILD)/python/%,$(PY_SRC)) $(BUILD)/python/lfap/declarations.h
.PHONY: python
python: $(PY) shared
$(BUILD)/python/lfap/%: src/python/lfap/%
	@mkdir -p $(@D)
	$(Q)cp $< $@
# What cffi reads: the headers themselves and what they include of ours, without directives and comments; the system's are empty.
$(BUILD)/python/lfap/declarations.h: $(PUBLIC) $(INNER) $(PKG)/packaging.mk
	@mkdir -p $(@D)
	@mkdir -p $(PACKED)/none && cd $(PACKED)/none && touch stddef.h stdint.h stdio.h math.h gmp.h mpfr.h
	$(Q){ echo "/* lfap $(VERSION) */"; printf '#include "%s"\n' $(PUBLIC) $(INNER) | $(CC) -E -P -undef -nostdinc -isystem $(PACKED)/none -Isrc -I. -; } > $@.tmp && mv $@.tmp $@

# ---- manual and completions -------------------------------------------------------------------------------------------
$(PACKED)/manual: $(PKG)/manual.c $(filter-out $(BUILD)/src/cli/main.o,$(CLI_OBJ)) $(BUILD)/liboracle.a $(BUILD)/liblfap.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -o $@ $^ $(CLI_LIBS)
MAN := $(PACKED)/man/made
$(MAN): $(PACKED)/manual $(PUBLIC) spec/formats.md $(PKG)/header.awk $(PKG)/markdown.awk
	@rm -rf $(@D) && mkdir -p $(@D)
	$(Q)$(PACKED)/manual page > $(@D)/lfap.1
	$(Q)for v in $$($(PACKED)/manual verbs); do $(PACKED)/manual page $$v > $(@D)/lfap-$$v.1 || exit 1; done
	$(Q)awk -v version=$(VERSION) -f $(PKG)/header.awk $(PUBLIC) > $(@D)/lfap.3
	$(Q)awk -v title=lfap-formats -v section=5 -v version=$(VERSION) -v brief="files, JSON documents, exit codes and seeds of lfap" \
	  -f $(PKG)/markdown.awk spec/formats.md > $(@D)/lfap-formats.5
	$(Q)for s in bash zsh fish; do $(PACKED)/manual $$s > $(@D)/lfap.$$s || exit 1; done
	@touch $@

$(PACKED)/%.pc: $(PKG)/%.pc.in src/lfap.h FORCE
	@mkdir -p $(@D)
	$(Q)sed -e 's|@prefix@|$(PREFIX)|' -e 's|@libdir@|$(LIBDIR)|' -e 's|@version@|$(VERSION)|' $< > $@
.PHONY: FORCE
FORCE:

# ---- install ----------------------------------------------------------------------------------------------------------
INSTALL := install -m 644
.PHONY: shared manual install uninstall dist deb
shared: $(SHARED)
manual: $(MAN)
install: all shared python $(MAN) $(PACKED)/lfap.pc $(PACKED)/lfap-oracle.pc
	$(Q)mkdir -p $(addprefix $(DESTDIR),$(BINDIR) $(LIBDIR)/pkgconfig $(INCLUDEDIR) $(MANDIR)/man1 $(MANDIR)/man3 $(MANDIR)/man5 $(BASHDIR) $(ZSHDIR) $(FISHDIR) $(PYTHONDIR)/lfap)
	$(Q)install -m 755 $(BUILD)/lfap $(DESTDIR)$(BINDIR)/lfap
	$(Q)$(INSTALL) $(SHARED) $(DESTDIR)$(LIBDIR)/
	$(Q)for l in lfap lfap-oracle; do ln -sf lib$$l.so.$(VERSION) $(DESTDIR)$(LIBDIR)/lib$$l.so.$(SONAME) && \
	  ln -sf lib$$l.so.$(SONAME) $(DESTDIR)$(LIBDIR)/lib$$l.so || exit 1; done
	$(Q)$(INSTALL) $(BUILD)/liblfap.a $(DESTDIR)$(LIBDIR)/liblfap.a
	$(Q)$(INSTALL) $(BUILD)/liboracle.a $(DESTDIR)$(LIBDIR)/liblfap-oracle.a
	$(Q)$(INSTALL) $(PUBLIC) $(DESTDIR)$(INCLUDEDIR)/
	$(Q)$(INSTALL) $(PACKED)/lfap.pc $(PACKED)/lfap-oracle.pc $(DESTDIR)$(LIBDIR)/pkgconfig/
	$(Q)for n in 1 3 5; do for f in $(dir $(MAN))*.$$n; do gzip -9nc $$f > $(DESTDIR)$(MANDIR)/man$$n/$${f##*/}.gz || exit 1; done; done
	$(Q)$(INSTALL) $(dir $(MAN))lfap.bash $(DESTDIR)$(BASHDIR)/lfap
	$(Q)$(INSTALL) $(dir $(MAN))lfap.zsh $(DESTDIR)$(ZSHDIR)/_lfap
	$(Q)$(INSTALL) $(dir $(MAN))lfap.fish $(DESTDIR)$(FISHDIR)/lfap.fish
	$(Q)$(INSTALL) $(PY) $(DESTDIR)$(PYTHONDIR)/lfap/
	@echo "installed lfap $(VERSION) under $(DESTDIR)$(PREFIX)"
uninstall: 
	$(Q)rm -f $(DESTDIR)$(BINDIR)/lfap $(DESTDIR)$(MANDIR)/man1/lfap.1.gz $(DESTDIR)$(MANDIR)/man1/lfap-*.1.gz $(DESTDIR)$(MANDIR)/man3/lfap.3.gz \
	  $(DESTDIR)$(MANDIR)/man5/lfap-formats.5.gz $(addprefix $(DESTDIR)$(INCLUDEDIR)/,$(notdir $(PUBLIC))) \
	  $(DESTDIR)$(LIBDIR)/pkgconfig/lfap.pc $(DESTDIR)$(LIBDIR)/pkgconfig/lfap-oracle.pc \
	  $(foreach l,lfap lfap-oracle,$(addprefix $(DESTDIR)$(LIBDIR)/lib$(l).,a so so.$(SONAME) so.$(VERSION))) \
	  $(DESTDIR)$(BASHDIR)/lfap $(DESTDIR)$(ZSHDIR)/_lfap $(DESTDIR)$(FISHDIR)/lfap.fish \
	  $(addprefix $(DESTDIR)$(PYTHONDIR)/lfap/,$(notdir $(PY)))
	$(Q)if [ -d $(DESTDIR)$(PYTHONDIR)/lfap ]; then rm -rf $(DESTDIR)$(PYTHONDIR)/lfap/__pycache__ && rmdir $(DESTDIR)$(PYTHONDIR)/lfap; fi
	@echo "removed lfap from $(DESTDIR)$(PREFIX)"

# ---- tarball and Debian packages: the same bytes wherever they are made -----------------------------------------------
# What is in git, or, unpacked from a tarball, what that brought. The time of every file is that of the commit.
FILES = $(shell if [ -e .git ]; then git ls-files; else find . -path ./$(BUILD) -prune -o -type f -printf '%P\n'; fi | LC_ALL=C sort)
EPOCH = $(or $(SOURCE_DATE_EPOCH),$(shell if [ -e .git ]; then git log -1 --format=%ct; else stat -c %Y CHANGELOG.md; fi))
TARBALL := $(PACKED)/lfap-$(VERSION).tar.gz
DEB := $(PACKED)/deb/lfap-$(VERSION)
PKG_DEB := build-essential debhelper dh-python dpkg-dev fakeroot lintian python3-cffi python3-setuptools man-db

dist:
	@mkdir -p $(PACKED)
	$(Q)printf '%s\n' $(FILES) | tar --create --no-recursion --files-from=- --transform='s|^|lfap-$(VERSION)/|' --sort=name --format=ustar \
	  --owner=0 --group=0 --numeric-owner --mode='u+rw,go=rX' --mtime=@$(EPOCH) | gzip -9n > $(TARBALL).tmp && mv $(TARBALL).tmp $(TARBALL)
	@echo "$(TARBALL)"

# debian/ is made of src/packaging/debian beside the unpacked tarball; nothing is written outside $(BUILD).
deb: setup dist
	@sh tests/setup.sh $(PKG_DEB)
	$(Q)rm -rf $(PACKED)/deb && mkdir -p $(PACKED)/deb
	$(Q)tar -xzf $(TARBALL) -C $(PACKED)/deb && cp $(TARBALL) $(PACKED)/deb/lfap_$(VERSION).orig.tar.gz
	$(Q)cp -r $(PKG)/debian $(DEB)/debian && mkdir $(DEB)/debian/source && echo '3.0 (quilt)' > $(DEB)/debian/source/format
	$(Q)printf 'lfap (%s-1) unstable; urgency=medium\n\n  * Changes: CHANGELOG.md.\n\n -- %s  %s\n' $(VERSION) \
	  "$$(sed -n 's/^Maintainer: //p' $(PKG)/debian/control)" "$$(date -u -R -d @$(EPOCH))" > $(DEB)/debian/changelog
	$(Q)cd $(DEB) && SOURCE_DATE_EPOCH=$(EPOCH) dpkg-buildpackage -us -uc -b > ../build.log 2>&1 || { tail -20 ../build.log >&2; exit 1; }
	@ls $(PACKED)/deb/*.deb
	lintian --fail-on error --suppress-tags initial-upload-closes-no-bugs $(PACKED)/deb/*.changes
