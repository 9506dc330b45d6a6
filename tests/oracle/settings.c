/* The oracle's entries under another arithmetic than that of spec/numerics.md: each refuses under its own name and touches nothing, and
 * goes through once the setting is gone (the library's are in tests/unit/calls.h). Enclosures rest on doubles for the first look, and
 * data are read as doubles; MPFR alone would not mind. */
#include "calls.h"

/* ---- the tests ---------------------------------------------------------------------------------------------------------------- */

TestSuite(settings, .init = setup, .fini = teardown);

Test(settings, every_entry_of_the_oracle_refuses_another_arithmetic) {
  for (size_t e = 0; e < ENTRIES; e++)
    for (size_t s = 0; s < SETTINGS; s++) {
      lfap_ctx ctx = {.threads = 2};
      result r, untouched;
      memset(&r, 0xa5, sizeof r);
      memset(&untouched, 0xa5, sizeof r);
      setting_make(&settings[s]);
      lfap_status st = entries[e].call(&ctx, &r);
      int stands = setting_stands(&settings[s]);
      setting_clear();
      const char *name = entries[e].name;
      cr_expect_eq(st, LFAP_ERR_USAGE, "%s, %s: status %d", name, settings[s].name, (int)st);
      cr_expect(strncmp(ctx.message, name, strlen(name)) == 0 && ctx.message[strlen(name)] == ':', "%s says: %s", name, ctx.message);
      cr_expect(strstr(ctx.message, settings[s].told) != NULL, "%s, %s: %s", name, settings[s].name, ctx.message);
      cr_expect_eq(memcmp(&r, &untouched, sizeof r), 0, "%s, %s: an output was touched", name, settings[s].name);
      cr_expect(stands, "%s, %s: the setting was changed", name, settings[s].name);
    }
}

Test(settings, the_same_calls_go_through_when_the_setting_is_gone) {
  for (size_t e = 0; e < ENTRIES; e++) {
    lfap_ctx ctx = {.threads = 2};
    result r;
    memset(&r, 0, sizeof r);
    setting_make(&settings[e % SETTINGS]);
    setting_clear();
    lfap_status st = entries[e].call(&ctx, &r);
    cr_expect_eq(st, LFAP_OK, "%s: %d %s", entries[e].name, (int)st, ctx.message);
    if (!st && entries[e].drop) entries[e].drop(&r);
  }
}
