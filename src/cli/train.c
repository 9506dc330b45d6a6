/* train.c - `lfap train`: gradient flow, gradient descent or the authors' sgd (spec/theory.md sections 1, 5, 6). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "mpfr.h"
#include "net/checkpoint.h"
#include "net/words.h"

enum {
  O_DATA,
  O_LABELS,
  O_BIAS,
  O_GAMMA,
  O_METHOD,
  O_FORM,
  O_LOSS,
  O_M,
  O_INIT,
  O_SCALE,
  O_SEED,
  O_EPOCHS,
  O_LR,
  O_MOMENTUM,
  O_TARGET,
  O_RTOL,
  O_ATOL,
  O_COEFFICIENTS,
  O_ARITHMETIC,
  O_PREC,
  O_DIGITS,
  O_EVERY,
  O_CHECKPOINT,
  O_RESUME,
  O_OUT
};
static const cli_option options[] = {
    {"data", "PATH", "directory with X.npy and y.npy, or an NPY file of N x d samples"},
    {"labels", "FILE", "NPY file of N labels, +1 or -1 (default: y.npy in the directory)"},
    {"with-bias", NULL,
     "a bias of every neuron: the samples get a last coordinate, the constant 1;\n"
     "--init FILE then has its b beside it, and W.npy and W0.npy b.npy and b0.npy"},
    {"gamma", "G", "leaky slope, between 0 and 1"},
    {"method", "NAME",
     "flow: gradient flow far out (default); gd: gradient descent;\n"
     "sgd: the authors' full-batch SGD with momentum and plateau schedule"},
    {"form", "NAME",
     "gd, sgd: plain (W itself moves); gram (W = W0 + C X, only N x N and m x N\n"
     "numbers move: faster where N is below 2d, other roundings); auto (default):\n"
     "gram where N <= d and m*N*d >= 2^24 (mpfr above 53 bits: N <= d), else plain"},
    {"loss", "NAME", "exp (default) or logistic"},
    {"m", "M", "neurons, even; or give --init"},
    {"init", "FILE", "NPY file of the first weights, m x d"},
    {"init-scale", "S", "weights uniform on [-S/sqrt(d), S/sqrt(d)] (default 1, the authors')"},
    {"seed", "S", "seed of the initial weights (default 0)"},
    {"epochs", "E", "gd, sgd: epochs; flow: most accepted steps (default 10000)"},
    {"lr", "L", "gd, sgd: learning rate (default 0.01); flow: first step (default: chosen)"},
    {"momentum", "MU", "sgd: momentum (default 0.9)"},
    {"log-loss-target", "X", "flow: stop where log L reaches this (default -1e9)"},
    {"rtol", "X", "flow: relative tolerance (default 1e-4)"},
    {"atol", "X", "flow: absolute tolerance (default 1e-6)"},
    {"coefficients", NULL,
     "also coefficients.npy (m x N), for `lfap split`:\n"
     "b_jn of w_j = w_j(0) + a_j sum_n b_jn y_n x_n"},
    CLI_ARITHMETIC_OPTIONS("gd and sgd"),
    {"digits-every", "K", "a row of --digits every K epochs, the first and the last too (default 1)"},
    {"checkpoint", "MINUTES", "write the state of the training to DIR that often (default 5; 0: never)"},
    {"resume", NULL, "go on from the checkpoint that an interrupted run of this command left in DIR"},
    {"out", "DIR", "directory for W.npy, W0.npy, history.csv and meta.json; made if it is not there"},
    {NULL, NULL, NULL},
};

static const char *const forms[] = {"auto", "plain", "gram"};

typedef struct {
  const char *data, *labels, *init, *out;
  double gamma, scale;
  int method, loss, form;
  size_t m, epochs;
  uint64_t seed;
  int seed_given, scale_given, coefficients, resume;
  double lr, momentum, target, rtol, atol, checkpoint; /* NaN: not given; checkpoint in seconds */
  cli_arithmetic in;
} args;

static lfap_status set_train_option(cli *c, void *args_, int option, const char *value) {
  args *a = args_;
  switch (option) {
  case O_DATA: a->data = value; return LFAP_OK;
  case O_LABELS: a->labels = value; return LFAP_OK;
  case O_BIAS: c->bias = 1; return LFAP_OK;
  case O_GAMMA: return cli_gamma_value(c, &a->gamma, value);
  case O_METHOD: return cli_word(c, &a->method, "--method", value, lfap_method_name, 3);
  case O_FORM: return cli_word(c, &a->form, "--form", value, forms, 3);
  case O_LOSS: return cli_word(c, &a->loss, "--loss", value, lfap_loss_name, 2);
  case O_M: return cli_size(c, &a->m, "m", value);
  case O_INIT: a->init = value; return LFAP_OK;
  case O_SCALE: a->scale_given = 1; return cli_positive(c, &a->scale, "init-scale", value);
  case O_SEED: a->seed_given = 1; return cli_whole(c, &a->seed, "seed", value);
  case O_EPOCHS: return cli_size(c, &a->epochs, "epochs", value);
  case O_LR: return cli_positive(c, &a->lr, "lr", value);
  case O_MOMENTUM: return cli_number(c, &a->momentum, "momentum", value);
  case O_TARGET: return cli_number(c, &a->target, "log-loss-target", value);
  case O_RTOL: return cli_positive(c, &a->rtol, "rtol", value);
  case O_ATOL: return cli_positive(c, &a->atol, "atol", value);
  case O_COEFFICIENTS: a->coefficients = 1; return LFAP_OK;
  case O_ARITHMETIC:
  case O_PREC:
  case O_DIGITS: return cli_arithmetic_option(c, &a->in, option - O_ARITHMETIC, value);
  case O_EVERY: return cli_size(c, &a->in.every, "digits-every", value);
  case O_CHECKPOINT: return cli_checkpoint_value(c, &a->checkpoint, value);
  case O_RESUME: a->resume = 1; return LFAP_OK;
  case O_OUT: a->out = value; return LFAP_OK;
  default: return lfap_fail(&c->ctx, LFAP_ERR_USAGE, "'%s' is not an option; data are named by --data", value);
  }
}

static lfap_status check_train_args(cli *c, args *a) {
  lfap_status s = cli_require(c, a->data, "--data", "the samples to train on");
  if (!s) s = cli_require(c, a->gamma > 0 ? a : NULL, "--gamma", "the leaky slope, between 0 and 1");
  if (!s) s = cli_require(c, a->out, "--out", "the directory to write W.npy, history.csv and meta.json to");
  if (!s && !a->m && !a->init)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--m or --init is missing: the number of neurons, or the first weights");
  if (!s && a->init && (a->scale_given || a->seed_given))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                  "--init %s gives the first weights; --seed and --init-scale would draw others", a->init);
  if (!s && a->m) s = cli_even(c, a->m, "--m");
  if (!s && a->method != LFAP_METHOD_SGD && !isnan(a->momentum))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--momentum belongs to --method sgd, not %s", lfap_method_name[a->method]);
  if (!s && !isnan(a->momentum) && !(a->momentum >= 0 && a->momentum < 1))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--momentum %g: from 0 to below 1", a->momentum);
  if (!s && a->method == LFAP_METHOD_FLOW && a->form != LFAP_FORM_AUTO)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                  "--form %s belongs to --method gd and sgd; the flow is in Gram form by nature", forms[a->form]);
  if (!s && a->method != LFAP_METHOD_FLOW && !(isnan(a->target) && isnan(a->rtol) && isnan(a->atol)))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE, "--log-loss-target, --rtol and --atol belong to --method flow, not %s",
                  lfap_method_name[a->method]);
  if (!s && !isnan(a->target) && !(a->target < 0))
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "--log-loss-target %g: the logarithm of a loss to reach, below 0", a->target);
  if (!s) s = cli_arithmetic_check(c, &a->in, a->out);
  if (!s && a->in.which == CLI_HALF && a->method == LFAP_METHOD_FLOW)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                  "--arithmetic half belongs to --method gd and sgd: a flow has no steps to round");
  if (!s && a->in.which == CLI_HALF && a->form == LFAP_FORM_GRAM)
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                  "--form gram: half precision rounds W itself, so --arithmetic half is plain");
  if (!s && a->in.which == CLI_MPFR && (a->resume || !isnan(a->checkpoint)))
    s = lfap_fail(&c->ctx, LFAP_ERR_USAGE,
                  "--resume and --checkpoint belong to --arithmetic double and half; mpfr leaves no checkpoints");
  return s ? s : cli_out_check(c, a->out);
}

static lfap_status first_weights(cli *c, lfap_net *net, const args *a, size_t d) {
  int found = 0;
  if (!a->init) return lfap_net_init(&c->ctx, net, a->m, d, a->gamma, a->seed, a->scale);
  cli_origin here = cli_origin_of_run(NULL, d, a->gamma);
  lfap_status s = cli_weights_read(c, net, &found, a->init, NULL, &here, NULL);
  if (!s && a->m && net->m != a->m)
    s = lfap_fail(&c->ctx, LFAP_ERR_DATA, "%s: m = %zu rows, but --m %zu; leave --m out", a->init, net->m, a->m);
  if (!s) s = cli_spares_in(c, a->out, "W.npy"); /* before hours of work */
  return s ? s : cli_spares_in(c, a->out, "W0.npy");
}

static void choose(lfap_train_opts *o, const args *a) {
  lfap_train_defaults(o, (lfap_method)a->method);
  o->loss = (lfap_loss)a->loss;
  o->form = (lfap_form)a->form;
  o->coefficients = a->coefficients;
  if (a->in.which == CLI_HALF) o->arithmetic = LFAP_ARITHMETIC_HALF;
  if (a->epochs) o->epochs = a->epochs;
  if (!isnan(a->lr)) o->lr = a->lr;
  if (!isnan(a->momentum)) o->momentum = a->momentum;
  if (!isnan(a->target)) o->log_loss_target = a->target;
  if (!isnan(a->rtol)) o->rtol = a->rtol;
  if (!isnan(a->atol)) o->atol = a->atol;
}

/* epoch counts from 1; loss and log_loss are those before its update. */
static void csv(lfap_text *t, const lfap_history *h, int half) {
  lfap_text_puts(t, half ? "epoch,loss,lr,log_loss,s,zeros\n" : "epoch,loss,lr,log_loss,s\n");
  for (size_t i = 0; i < h->rows; i++) {
    const lfap_epoch *e = &h->row[i];
    const double column[] = {e->loss, e->lr, e->log_loss, e->s, e->zeros};
    lfap_text_uint(t, i + 1);
    for (int k = 0; k < (half ? 5 : 4); k++) {
      lfap_text_puts(t, ",");
      lfap_text_double(t, column[k]);
    }
    lfap_text_puts(t, "\n");
  }
}

static lfap_status measure_training(cli *c, cli_train_report *r, const lfap_net *net, const lfap_data *data) {
  lfap_mat f = {0};
  lfap_status s = lfap_vec_alloc(&c->ctx, &f, data->n);
  if (!s) s = lfap_net_eval(&c->ctx, f.v, net, data->x, data->n);
  r->smallest_margin = INFINITY;
  for (size_t n = 0; !s && n < data->n; n++) {
    double q = data->y[n] * f.v[n];
    r->correct += q > 0;
    r->smallest_margin = fmin(r->smallest_margin, q);
  }
  lfap_mat_free(&f);
  return s;
}

static lfap_status write_files(cli *c, const char *out, const lfap_net *net, lfap_mat *first,
                               const cli_train_report *r) {
  const lfap_history *h = r->history;
  lfap_text t = {0};
  lfap_json j = {.indent = 2};
  csv(&t, h, r->in->which == CLI_HALF);
  lfap_status s = cli_set_begin(c, out);
  c->set.gamma = r->gamma;
  if (!s) s = cli_out_weights(c, out, "W.npy", net->w, net->m, net->d);
  if (!s) s = cli_out_weights(c, out, "W0.npy", first->v, net->m, net->d);
  if (!s && h->coefficient) s = cli_out_matrix(c, out, "coefficients.npy", h->coefficient, net->m, r->sizes.n);
  if (!s) s = cli_out_text(c, out, "history.csv", &t);
  if (!s) s = cli_arithmetic_write(c, r->in);
  lfap_json_object_begin(&j, NULL);
  cli_put_train_head_fields(c, &j, r);
  if (!s) s = cli_set_end(c, &j, r->sha256);
  lfap_json_free(&j);
  lfap_text_free(&t);
  return s;
}

static lfap_status copy_weights(cli *c, lfap_mat *out, const lfap_net *net) {
  lfap_status s = lfap_mat_alloc(&c->ctx, out, net->m, net->d);
  if (!s) memcpy(out->v, net->w, net->m * net->d * sizeof(double));
  return s;
}

/* The least coefficient, and how many are below 0. */
static void measure_coefficients(cli_train_report *r) {
  const double *b = r->history->coefficient;
  r->least = INFINITY;
  for (size_t i = 0; b && i < r->m * r->sizes.n; i++) {
    r->least = fmin(r->least, b[i]);
    r->negative += b[i] < 0.0;
  }
}

/* What half precision has made of the run. */
static void print_half(const lfap_history *h) {
  cli_say("  %-22s %.4g %% of dL/dz in the last epoch\n", "zeros", 100.0 * h->row[h->rows - 1].zeros);
  if (h->ended)
    cli_say("  %-22s at epoch %zu: gradient and update are 0, nothing moves any more\n", "learning ended", h->ended);
  else cli_say("  %-22s no\n", "learning ended");
}

static void print_train(const cli *c, const cli_train_report *r) {
  const lfap_history *h = r->history;
  cli_say("%s, %s loss: N = %zu, d = %zu%s, m = %zu, gamma = %g\n", r->method, r->loss, r->sizes.n, r->sizes.d,
          cli_bias_words(c), r->m, r->gamma);
  cli_say("  %-22s %zu%s\n", r->flow ? "accepted steps" : "epochs", h->rows, h->gram ? " in Gram form" : "");
  if (r->last && !r->flow)
    cli_say("  %-22s %.6g (before the last update)\n  %-22s %g\n", "loss", r->last->loss, "learning rate", r->last->lr);
  cli_say("  %-22s %.6g\n", "log loss", h->log_loss);
  cli_say("  %-22s %.6g\n", "smallest margin", r->smallest_margin);
  cli_say("  %-22s %zu of %zu\n", "classified right", r->correct, r->sizes.n);
  if (h->coefficient)
    cli_say("  %-22s from %.6g on, %zu of %zu below 0\n", "coefficients", r->least, r->negative, r->m * r->sizes.n);
  if (r->in->which == CLI_HALF) print_half(h);
  if (r->flow)
    cli_say("  %-22s %s\n", "end",
            r->reached ? "the log-loss target is reached"
            : r->correct == r->sizes.n
                ? "not at rest: the steps (--epochs) are used up short of the log-loss target"
                : "not at rest: the steps (--epochs) are used up before the samples are classified");
  if (r->flow)
    cli_say("  %-22s slopes %s their labels; gradient weights p %s\n", "state",
            h->aligned ? "match" : "do not all match", h->stationary ? "stand still" : "still move");
}

/* What the options and the data say of the run; the rest comes from training. */
static cli_train_report report_of(const args *a, const lfap_data *data, const lfap_net *net, const lfap_history *h,
                                  const char *sha256) {
  return (cli_train_report){.method = lfap_method_name[a->method],
                            .loss = lfap_loss_name[a->loss],
                            .form = forms[h->gram ? LFAP_FORM_GRAM : LFAP_FORM_PLAIN],
                            .sha256 = sha256,
                            .seed = a->init ? NULL : &a->seed,
                            .gamma = a->gamma,
                            .sizes = {data->n, data->d},
                            .m = net->m,
                            .history = h,
                            .last = h->rows ? &h->row[h->rows - 1] : NULL,
                            .flow = a->method == LFAP_METHOD_FLOW,
                            .in = &a->in};
}

/* The checkpoint of a run into DIR. */
typedef struct {
  lfap_checkpoint file;
  char *path;     /* owned */
  size_t missing; /* of DIR (cli_dirs_missing) */
} checkpoint;

static lfap_status begin_checkpoint(cli *c, checkpoint *k, const args *a) {
  lfap_status s = cli_path(c, &k->path, a->out, "train.checkpoint");
  if (s) return s;
  k->missing = cli_dirs_missing(k->path);
  k->file = (lfap_checkpoint){
      .path = k->path, .every = isnan(a->checkpoint) ? LFAP_CHECKPOINT_EVERY : a->checkpoint, .resume = a->resume};
  s = lfap_checkpoint_check(&c->ctx, &k->file);
  if (s && a->in.which == CLI_MPFR)
    lfap_fail(
        &c->ctx, s,
        "%s: a training in doubles or half precision was interrupted here, and mpfr goes on with none; remove it, "
        "or give another --out",
        k->path);
  return s;
}

static lfap_status run_training(cli *c, lfap_checkpoint *k, lfap_net *net, lfap_history *h, const lfap_data *data,
                                lfap_train_opts *o) {
  char shown[CLI_SHOWN];
  lfap_set set = {.data = data};
  if (k->resume && !cli_is_file(k->path) && !c->quiet)
    cli_note("lfap train: there is no %s; the training starts from the beginning\n",
             lfap_visible(shown, sizeof shown, k->path));
  lfap_status s = lfap_checkpoint_train(&c->ctx, k, net, h, &set, o);
  lfap_set_free(&set);
  return s;
}

/* Once the results are written the checkpoint goes; where there are none, directories that were made for it alone. */
static lfap_status end_checkpoint(cli *c, checkpoint *k, lfap_status s) {
  if (!s && k->file.there) s = lfap_checkpoint_remove(&c->ctx, &k->file);
  else if (s && k->path) {
    *strrchr(k->path, '/') = 0;
    cli_dirs_unmake(k->path, k->missing);
  }
  free(k->path);
  return s;
}

static lfap_status run_train(cli *c, int argc, char **argv) {
  args a = {.scale = 1, .lr = NAN, .momentum = NAN, .target = NAN, .rtol = NAN, .atol = NAN, .checkpoint = NAN};
  lfap_data data = {0};
  lfap_net net = {0};
  lfap_mat start = {0};
  lfap_history h = {0};
  lfap_train_opts o;
  checkpoint k = {0};
  char sha[CLI_SHA256];
  int help = 0;
  lfap_status s = cli_parse(c, &a, set_train_option, &help, argc, argv);
  if (s || help) return s;
  s = check_train_args(c, &a);
  if (!s) s = begin_checkpoint(c, &k, &a);
  if (!s) s = cli_data_read(c, &data, a.data, a.labels);
  if (!s) s = first_weights(c, &net, &a, data.d);
  if (!s) s = copy_weights(c, &start, &net);
  choose(&o, &a);
  if (!s && a.in.which == CLI_MPFR) s = cli_mpfr_train(c, &net, &h, &data, &o, &a.in);
  else if (!s) s = run_training(c, &k.file, &net, &h, &data, &o);
  cli_train_report r = report_of(&a, &data, &net, &h, sha);
  r.reached = h.log_loss <= o.log_loss_target;
  if (!s) s = measure_training(c, &r, &net, &data);
  if (!s) measure_coefficients(&r);
  if (!s) cli_sha256(sha, data.x, data.n * data.d, data.y, data.n);
  if (!s) s = write_files(c, a.out, &net, &start, &r);
  s = end_checkpoint(c, &k, s);
  if (!s && c->json) s = cli_print_train(c, &r);
  else if (!s) print_train(c, &r);
  lfap_history_free(&h);
  lfap_mat_free(&start);
  lfap_net_free(&net);
  lfap_data_free(&data);
  lfap_text_free(&a.in.told);
  return s;
}

const cli_verb cli_train = {
    "train",
    "train the network: gradient flow, gradient descent, or the authors' sgd",
    "--data PATH --gamma G --m M|--init W0.npy [options] --out DIR",
    "Trains W of f(x) = sum_j a_j phi(<w_j,x>), a_j = +1/sqrt(m) in the first half of the rows and -1/sqrt(m) in the\n"
    "second, phi(z) = max(gamma z, z). Writes W.npy (m x d), W0.npy (the first weights) and history.csv (epoch from\n"
    "1, loss and log loss before its update, learning rate; flow: accepted steps and their time s).",
    "  lfap gen uniform --n 20 --d 1000 --seed 1 --out data\n"
    "  lfap train --method sgd --data data --gamma 0.01 --m 100 --epochs 1000 \\\n"
    "    --lr 0.01 --out run\n"
    "  lfap compare --data data --weights run/W.npy --gamma 0.01",
    options,
    run_train};
