/* A data set with what is known of it: the same bits with and without it, and one Gram matrix, one check of each set that verify or a cell
 * of a study makes (tests/counted.h). */
#include <math.h>

#include "counted.h"
#include "data/set.h"
#include "study/study.h"

static lfap_data data_of(size_t n, size_t d, double scale) {
  lfap_data data = {0};
  cr_assert_eq(lfap_gen_uniform(NULL, &data, 3, n, d), LFAP_OK);
  for (size_t i = 0; i < n; i++) data.y[i] = i % 2 ? -1 : 1;
  for (size_t i = 0; i < n * d; i++) data.x[i] *= scale;
  return data;
}

static lfap_net trained(lfap_set *set, const lfap_data *data, lfap_train_opts o) {
  lfap_net net = {0};
  lfap_history h = {0};
  lfap_ctx ctx = {.threads = 2};
  cr_assert_eq(lfap_net_init(NULL, &net, 6, data->d, 0.5, 4, 1.0), LFAP_OK);
  lfap_status st = set ? lfap_set_train(&ctx, &net, &h, set, &o) : lfap_train(&ctx, &net, &h, data, &o);
  cr_assert_eq(st, LFAP_OK, "%s", ctx.message);
  lfap_history_free(&h);
  return net;
}

Test(set, training_and_k1_have_the_same_bits_with_a_set) {
  lfap_data D = data_of(12, 300, 1);
  lfap_limit lim = {0};
  lfap_set set = {.data = &D};
  const size_t formed[] = {2, 0, 1};
  const lfap_form form[] = {LFAP_FORM_AUTO, LFAP_FORM_PLAIN, LFAP_FORM_GRAM};
  for (int i = 0; i < 3; i++) {
    lfap_train_opts o;
    lfap_train_defaults(&o, i ? LFAP_METHOD_SGD : LFAP_METHOD_FLOW);
    o.epochs = 60;
    o.form = form[i];
    counted_forget();
    lfap_net a = trained(NULL, &D, o), b = trained(&set, &D, o);
    cr_expect_arr_eq(a.w, b.w, 6 * 300 * sizeof *a.w, "way %d", i);
    cr_expect_eq(tally.rows ? tally.row[0].times : 0, formed[i], "way %d: one of the data, one of the set at first", i);
    cr_assert(set.gram, "the flow leaves it");
    lfap_net_free(&a);
    lfap_net_free(&b);
  }
  double G[12 * 12];
  cr_assert_eq(lfap_gram(NULL, G, D.x, 12, 300), LFAP_OK);
  cr_expect_arr_eq(G, set.gram, sizeof G);
  cr_assert_eq(lfap_limit_solve(NULL, &lim, &D, set.gram, 0.5), LFAP_OK);
  lfap_train_opts o;
  lfap_train_defaults(&o, LFAP_METHOD_FLOW);
  lfap_net net = trained(&set, &D, o);
  lfap_k1 a, b, c;
  memset(&a, 0, sizeof a);
  b = c = a;
  lfap_ctx ctx = {0};
  cr_assert_eq(lfap_set_k1(&ctx, &c, &net, &set, NULL, 0), LFAP_ERR_USAGE);
  cr_expect(strstr(ctx.message, "limit") && memcmp(&a, &c, sizeof c) == 0, "told, and nothing is touched: %s", ctx.message);
  set.limit = &lim;
  cr_assert_eq(lfap_k1_of(NULL, &a, &net, &D, &lim, NULL, 0), LFAP_OK);
  counted_forget();
  cr_assert_eq(lfap_set_k1(NULL, &b, &net, &set, NULL, 0), LFAP_OK);
  cr_expect_eq(counted_once("gram", 12, 300), 0, "K1 takes the set's");
  lfap_set_free(&set);
  cr_assert_eq(lfap_set_k1(NULL, &c, &net, &set, NULL, 0), LFAP_OK);
  cr_expect_eq(counted_once("gram", 12, 300), 1, "or makes one that nobody keeps");
  cr_expect(!set.gram && a.residual > 0 && a.residual < 1 && memcmp(&a, &b, sizeof a) == 0 && memcmp(&a, &c, sizeof a) == 0);
  lfap_net_free(&net);
  lfap_limit_free(&lim);
  lfap_data_free(&D);
}

static int stop(void *user, const char *what, double done, double total) {
  (void)user, (void)what, (void)done, (void)total;
  return 1;
}

Test(set, failure_leaves_it_as_it_was) {
  lfap_data D = data_of(4, 50, 1), huge = {.n = (size_t)1 << 40, .d = 1};
  lfap_ctx ctx = {.progress = stop};
  lfap_set set = {.data = &D}, none = {.data = &huge};
  cr_expect_eq(lfap_set_gram(&ctx, &set), LFAP_ERR_INTERRUPTED);
  cr_expect_null(set.gram);
  cr_expect_eq(lfap_set_gram(&ctx, &none), LFAP_ERR_MEMORY);
  cr_expect_null(none.gram);
  D.y[2] = 3;
  cr_expect_eq(lfap_set_check(&ctx, &set, "mine"), LFAP_ERR_DATA);
  cr_expect(!set.checked && strstr(ctx.message, "mine"));
  D.y[2] = 1;
  counted_forget();
  for (int i = 0; i < 3; i++) cr_expect_eq(lfap_set_check(&ctx, &set, "mine"), LFAP_OK);
  cr_expect(set.checked && counted_once("check", 4, 50) == 1);
  lfap_data_free(&D);
}

/* A large matrix that nobody reads is let go, a small one kept. */
Test(set, large_matrices_are_spared) {
  for (size_t n = 4096; n <= 4097; n++) {
    lfap_data D = {.n = n, .d = 1};
    lfap_set set = {.data = &D, .gram = malloc(sizeof(double))};
    lfap_set_spare(&set);
    cr_expect_eq(set.gram != NULL, n == 4096);
    lfap_set_free(&set);
    cr_expect_null(set.gram);
  }
}

static lfap_verify_opts opts_of(const lfap_data *data) {
  return (lfap_verify_opts){.name = "test", .data = data, .gamma = 0.5, .seed = 5, .n_adv = 14, .m = 6, .m_adv = 4, .eps = {1, 0.05, 0.2},
                            .k = data->d / 20, .probes = 7, .controls = 3, .log_loss_target = -1e9, .flow_steps = 400};
}

static size_t lines(const lfap_case *c, const char *id) {
  size_t n = 0;
  for (size_t i = 0; i < c->checks; i++) n += strcmp(c->check[i].id, id) == 0;
  return n;
}

/* The limit, four flows and K1 of the data; a limit and a flow of each adversarial set; a flow and three limits of noise. */
Test(set, verify_forms_one_gram_matrix_of_a_set_and_checks_it_once) {
  const double scale[] = {1, 0x1p40};
  for (int s = 0; s < 2; s++)
    for (int brought = 0; brought < 2; brought++) {
      lfap_data D = data_of(10, 400, scale[s]);
      lfap_ctx ctx = {.threads = 2};
      lfap_case c = {0};
      lfap_data ordinary = data_of(10, 400, 1);
      lfap_train_opts t;
      lfap_train_defaults(&t, LFAP_METHOD_FLOW);
      t.epochs = 200;
      lfap_net net = {0};
      if (brought) net = trained(NULL, &ordinary, t);
      for (size_t i = 0; brought && i < 6 * 400; i++) net.w[i] /= scale[s];
      lfap_verify_opts o = opts_of(&D);
      o.net = brought ? &net : NULL;
      o.eps[0] *= scale[s], o.eps[1] *= scale[s], o.eps[2] *= scale[s];
      counted_forget();
      cr_assert_eq(lfap_verify_case(&ctx, &c, &o), LFAP_OK, "%s", ctx.message);
      cr_expect(lines(&c, "K1") && (brought || lines(&c, "D2") == 6) && lines(&c, "T3"), "the parts that need it ran");
      size_t twice = s ? 2 : 1; /* data of another size are flown in units of their own: another set */
      cr_expect_eq(counted_once("gram", 10, 400), brought ? 1 : twice);
      cr_expect_eq(counted_once("gram", 14, 400), 3 * twice + 3 + (s ? 1 : 0));
      (void)counted_once("gram", 0, 0);
      cr_expect_eq(counted_once("check", 0, 0), 4, "the data, three adversarial sets");
      o.checked = 1;
      counted_forget();
      lfap_case_free(&c);
      cr_assert_eq(lfap_verify_case(&ctx, &c, &o), LFAP_OK, "%s", ctx.message);
      cr_expect_eq(counted_once("check", 0, 0), 3, "the caller has checked the data");
      lfap_case_free(&c);
      lfap_net_free(&net);
      lfap_data_free(&ordinary);
      lfap_data_free(&D);
    }
}

/* Teacher and control by limit and training; the learner's limit by geometry is taken of an update (N12), its training of the stored sums. */
Test(set, a_cell_forms_one_gram_matrix_of_a_set) {
  const lfap_study_method method[] = {LFAP_BY_LIMIT, LFAP_BY_FLOW, LFAP_BY_FLOW};
  const lfap_study_from from[] = {LFAP_FROM_GEOMETRY, LFAP_FROM_GEOMETRY, LFAP_FROM_GRADIENT};
  for (int i = 0; i < 3; i++) {
    lfap_study s = {0};
    lfap_row row;
    lfap_ctx ctx = {.threads = 2};
    lfap_study_defaults(&s.o);
    s.o.epochs = 300;
    lfap_cell cell = {.method = method[i], .from = from[i], .d = 500, .n = 8, .n_adv = 11, .m = i ? 4 : 0, .gamma = 0.5, .eps = 0.4};
    counted_forget();
    cr_assert_eq(lfap_study_run(&ctx, &row, &s, &cell), LFAP_OK, "%s", ctx.message);
    cr_expect_eq(counted_once("gram", 8, 500), 1);
    cr_expect_eq(counted_once("gram", 11, 500), i ? 2 : 1);
    lfap_study_free(&s);
  }
}
