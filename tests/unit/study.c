/* What a status means to a cell of a study: an empty value with its reason, or the end of the sweep. */
#include <criterion/criterion.h>
#include <math.h>

#include "study/learner.h"

static lfap_data noise(size_t n, size_t d) {
  lfap_data D = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &D, 1, n, d), LFAP_OK);
  return D;
}

static lfap_learner learn(lfap_status *st, lfap_study_method method, lfap_status refused) {
  lfap_data D = noise(6, 30);
  lfap_study_opts o;
  lfap_learner l = {0};
  lfap_ctx ctx = {.threads = 1};
  lfap_set set = {.data = &D};
  lfap_cell c = {.method = method, .d = 30, .n = 6, .n_adv = 6, .m = 4, .gamma = 0.5, .eps = 0.1};
  lfap_study_defaults(&o);
  o.epochs = 20;
  cr_assert_eq(lfap_set_gram(NULL, &set), LFAP_OK);
  *st = lfap_learner_make(&ctx, &l, &set, set.gram, &c, &o, LFAP_ROLE_LEARNER, refused);
  lfap_set_free(&set);
  lfap_data_free(&D);
  return l;
}

/* Only the finding is "none"; who gave up, or left the range of doubles, knows nothing of the set. */
Test(study, only_infeasible_is_none) {
  static const struct {
    lfap_status st;
    lfap_study_limit form;
    lfap_why why;
    int h, c1;
  } want[] = {{LFAP_OK, LFAP_LIMIT_FULL, LFAP_WHY_NONE, 0, 1},
              {LFAP_ERR_INFEASIBLE, LFAP_LIMIT_NONE, LFAP_WHY_INFEASIBLE, 0, 0},
              {LFAP_ERR_UNSOLVED, LFAP_LIMIT_UNKNOWN, LFAP_WHY_UNSOLVED, 0, -1},
              {LFAP_ERR_RANGE, LFAP_LIMIT_UNKNOWN, LFAP_WHY_RANGE, -1, -1},
              {LFAP_ERR_DATA, LFAP_LIMIT_UNKNOWN, LFAP_WHY_DATA, 0, -1}};
  for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
    for (int method = LFAP_BY_LIMIT; method < LFAP_METHODS; method++) {
      lfap_status st = LFAP_OK;
      lfap_learner l = learn(&st, (lfap_study_method)method, want[i].st);
      cr_assert_eq(st, LFAP_OK);
      cr_assert(l.status.form == want[i].form && l.status.why == want[i].why, "status %d", want[i].st);
      cr_assert(l.status.h == want[i].h && l.status.c1 == want[i].c1, "status %d: h %d, c1 %d", want[i].st, l.status.h,
                l.status.c1);
      cr_assert_eq(isnan(l.status.h_ratio) != 0, want[i].st == LFAP_ERR_RANGE);
      cr_assert_eq(isnan(l.status.c1_share) != 0, want[i].st != LFAP_OK);
      int direction = method != LFAP_BY_LIMIT || want[i].st == LFAP_OK;
      cr_assert_eq(l.w != NULL, direction, "a network has one all the same");
      cr_assert_eq(l.why, direction ? LFAP_WHY_NONE : LFAP_WHY_LIMIT);
      lfap_learner_free(&l);
    }
}

Test(study, whatever_else_ends_the_sweep) {
  static const lfap_status ends[] = {LFAP_ERR_USAGE,      LFAP_ERR_NOINPUT, LFAP_ERR_INTERNAL,   LFAP_ERR_MEMORY,
                                     LFAP_ERR_CANTCREATE, LFAP_ERR_IO,      LFAP_ERR_INTERRUPTED};
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    lfap_status st = LFAP_OK;
    lfap_learner l = learn(&st, LFAP_BY_LIMIT, ends[i]);
    cr_assert_eq(st, ends[i]);
    cr_assert_null(l.w);
  }
}

static int stop_now(void *user, const char *what, double done, double total) {
  (void)what, (void)done, (void)total;
  return --*(int *)user < 0;
}

/* Wherever it falls, an interrupt is the study's end and no reason of a cell. */
Test(study, an_interrupt_ends_it_wherever_it_falls) {
  lfap_cell c = {.d = 40, .n = 5, .n_adv = 7, .gamma = 0.5, .eps = 0.3};
  int ended = 0, whole = 0;
  for (int after = 0; after < 200 && !whole; after++) {
    int left = after;
    lfap_ctx ctx = {.progress = stop_now, .user = &left};
    lfap_study s = {0};
    lfap_row row = {.acc = -1};
    lfap_study_defaults(&s.o);
    lfap_status st = lfap_study_run(&ctx, &row, &s, &c);
    cr_assert(st == LFAP_OK || (st == LFAP_ERR_INTERRUPTED && row.acc == -1), "after %d reports: %d", after, st);
    whole = st == LFAP_OK;
    ended += !whole;
    lfap_study_free(&s);
  }
  cr_assert(whole && ended > 10);
}

Test(study, the_words_are_all_there) {
  for (int i = 0; i < LFAP_WHYS; i++)
    for (int k = 0; k < i; k++) cr_assert_str_neq(lfap_why_name[i], lfap_why_name[k]);
}
