/* Arithmetic that is not that of spec/numerics.md: under each setting of the processor every function that computes refuses, under its own
 * name, touches nothing and leaves the setting alone; and the same call goes through once the setting is gone. They are those of calls.h. */
#include <threads.h>

#include "calls.h"

/* ---- the tests ---------------------------------------------------------------------------------------------------------------- */

TestSuite(arith, .init = setup, .fini = teardown);

/* Nothing is asserted under a setting: Criterion itself may compute. */
Test(arith, every_function_that_computes_refuses_another_arithmetic) {
  for (size_t e = 0; e < ENTRIES; e++)
    for (size_t s = 0; s < SETTINGS; s++) {
      lfap_ctx ctx = {.threads = 2};
      result r, untouched;
      memset(&r, 0xa5, sizeof r);
      memset(&untouched, 0xa5, sizeof r);
      setting_make(&settings[s]);
      lfap_status st = entries[e].call(&ctx, &r), quiet = entries[e].call(NULL, &r);
      int stands = setting_stands(&settings[s]);
      setting_clear();
      const char *name = entries[e].name;
      cr_expect_eq(st, LFAP_ERR_USAGE, "%s, %s: status %d", name, settings[s].name, (int)st);
      cr_expect_eq(quiet, LFAP_ERR_USAGE, "%s, %s: without context", name, settings[s].name);
      cr_expect(strncmp(ctx.message, name, strlen(name)) == 0 && ctx.message[strlen(name)] == ':', "%s says: %s", name, ctx.message);
      cr_expect(strstr(ctx.message, settings[s].told) != NULL, "%s, %s: %s", name, settings[s].name, ctx.message);
      cr_expect_eq(memcmp(&r, &untouched, sizeof r), 0, "%s, %s: an output was touched", name, settings[s].name);
      cr_expect(stands, "%s, %s: the setting was changed", name, settings[s].name);
    }
}

Test(arith, the_same_calls_go_through_when_the_setting_is_gone) {
  for (size_t e = 0; e < ENTRIES; e++) {
    lfap_ctx ctx = {.threads = 2};
    result r;
    memset(&r, 0, sizeof r);
    setting_make(&settings[e % SETTINGS]);
    setting_clear();
    lfap_status st = entries[e].call(&ctx, &r);
    cr_expect_eq(st, entries[e].otherwise, "%s: %d %s", entries[e].name, (int)st, ctx.message);
    if (!st && entries[e].drop) entries[e].drop(&r);
  }
}

static int in_thread(void *arg) {
  (void)arg;
  return (int)lfap_arith_check(NULL, "thread");
}

/* The library asks in its caller's thread alone: its own threads start with what is set there. */
Test(arith, threads_start_with_their_callers_settings) {
  for (size_t s = 0; s <= SETTINGS; s++) {
    thrd_t id;
    int st = -1;
    if (s < SETTINGS) setting_make(&settings[s]);
    int made = thrd_create(&id, in_thread, NULL);
    if (made == thrd_success) thrd_join(id, &st);
    setting_clear();
    cr_expect_eq(made, thrd_success);
    cr_expect_eq(st, s < SETTINGS ? LFAP_ERR_USAGE : LFAP_OK, "setting %zu: %d", s, st);
  }
}

/* Flags that operations leave behind, and traps that are masked, change no result. */
Test(arith, exception_flags_are_no_setting) {
  feraiseexcept(FE_INEXACT | FE_UNDERFLOW | FE_OVERFLOW | FE_DIVBYZERO);
  cr_expect_eq(lfap_arith_check(NULL, "flags"), LFAP_OK);
}
