/* report_certificate.c - the part of `lfap report` that enclosures decide: certificate.json of `lfap limit
 * --certify`, checked as `lfap check` does (spec/certificate.md). */
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>

#include "cli/certify.h"
#include "io/file.h"

static void claims(cli_report_run *r, const oracle_cert *cert) {
  static const char *const head[] = {"id", "statement", "verdict", "least slack", "how it is known", "note", NULL};
  lfap_check k[LFAP_CLAIM_COUNT];
  char slack[32], caption[96];
  snprintf(caption, sizeof caption, "certificate.json: accepted, it follows from the data, for gamma = %g",
           cert->gamma);
  size_t n = cli_certify_checks(k, cert);
  lfap_page_table_begin(&r->page, caption, head);
  for (size_t i = 0; i < n; i++) {
    snprintf(slack, sizeof slack, isnan(k[i].value) ? "none" : "%.6g", k[i].value);
    const char *row[] = {k[i].id,
                         k[i].what,
                         lfap_verdict_name(k[i].verdict),
                         slack,
                         k[i].certified == LFAP_UNDECIDED ? "undecided" : "certified",
                         k[i].note,
                         NULL};
    lfap_page_row(&r->page, row);
  }
  lfap_page_table_end(&r->page);
  r->tables++;
}

lfap_status cli_report_certificate(cli_report_run *r) {
  oracle_cert cert = {0};
  char *path = NULL, *text = NULL, sha[CLI_SHA256];
  size_t len = 0;
  int accepted = 0;
  lfap_status s = r->limit ? cli_path(r->c, &path, r->limit, "certificate.json") : LFAP_OK;
  int there = !s && path && cli_is_file(path);
  if (there) s = lfap_file_read(&r->c->ctx, &text, &len, path);
  if (there && !s) {
    cli_sha256(sha, r->natural.x, r->natural.n * r->natural.d, r->natural.y, r->natural.n);
    s = oracle_cert_check(&r->c->ctx, &accepted, &cert, text, len, &r->natural, sha);
  }
  if (!there && !s)
    cli_report_leave(r, "what enclosures decide", "no certificate.json beside lambda.npy (lfap limit --certify)");
  else if (!s && accepted) claims(r, &cert);
  else if (!s) cli_report_leave(r, "certificate.json", r->c->ctx.message);
  oracle_cert_free(&cert);
  free(text);
  free(path);
  return cli_report_skip(r, "certificate.json", s);
}
