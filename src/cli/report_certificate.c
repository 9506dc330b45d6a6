/* report_certificate.c - the part of `lfap report` that enclosures decide: certificate.json of `lfap limit
 * --certify`, checked as `lfap check` does (spec/certificate.md). */
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>

#include "cli/certify.h"
#include "io/file.h"

static void claims(cli_report_run *r, lfap_text *to, const oracle_cert *cert) {
  static const char *const head[] = {"id", "statement", "verdict", "least slack", "how it is known", "note", NULL};
  lfap_check k[LFAP_SET_CLAIMS];
  char slack[32], caption[96];
  snprintf(caption, sizeof caption, "certificate.json: accepted, it follows from the data, for gamma = %g",
           cert->gamma);
  size_t n = cli_certify_checks(k, cert);
  lfap_page_table_begin(to, caption, head);
  for (size_t i = 0; i < n; i++) {
    snprintf(slack, sizeof slack, isnan(k[i].value) ? "none" : "%.6g", k[i].value);
    const char *row[] = {k[i].id,
                         k[i].what,
                         lfap_verdict_name(k[i].verdict),
                         slack,
                         k[i].certified == LFAP_UNDECIDED ? "undecided" : "certified",
                         k[i].note,
                         NULL};
    lfap_page_row(to, row);
  }
  lfap_page_table_end(to);
  r->tables++;
}

lfap_status cli_report_certificate(cli_report_run *r) {
  oracle_cert cert = {0};
  char *path = NULL, *text = NULL;
  size_t len = 0;
  int accepted = 0;
  lfap_status s = r->limit ? cli_path(r->c, &path, r->limit, "certificate.json") : LFAP_OK;
  int there = !s && path && cli_is_file(path);
  if (there) s = cli_dir_bytes(r->c, &text, &len, r->limit, "certificate.json");
  if (there && !s) s = oracle_cert_check(&r->c->ctx, &accepted, &cert, text, len, &r->natural, r->here.sha256);
  if (!there && !s)
    cli_report_leave(r, "what enclosures decide", "no certificate.json beside lambda.npy (lfap limit --certify)");
  else if (!s && accepted) { /* so it is of these samples */ cli_origin o = r->here;
    o.gamma = cert.gamma;
    lfap_text *to = cli_report_place(r, &o);
    if (to == &r->other) cli_report_about(r, to, "certificate.json", &o);
    claims(r, to, &cert);
  } else if (!s) cli_report_leave(r, "certificate.json", r->c->ctx.message);
  oracle_cert_free(&cert);
  free(text);
  free(path);
  return cli_report_skip(r, "certificate.json", s);
}
