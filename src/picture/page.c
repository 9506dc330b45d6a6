/* page.c - writes HTML in UTF-8: escaped text, tables, pictures as data URIs (RFC 2397, RFC 4648). */
#include "picture/page.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/file.h"

static void escaped(lfap_text *page, const char *string) {
  lfap_text seen = {0};
  lfap_text_visible(&seen, string);
  for (const char *s = seen.bytes; s && *s; s++) {
    if (*s == '&') lfap_text_puts(page, "&amp;");
    else if (*s == '<') lfap_text_puts(page, "&lt;");
    else if (*s == '>') lfap_text_puts(page, "&gt;");
    else if (*s == '"') lfap_text_puts(page, "&quot;");
    else if (*s == '\'') lfap_text_puts(page, "&#39;");
    else lfap_text_put(page, s, 1);
  }
  if (seen.status) page->status = seen.status;
  lfap_text_free(&seen);
}

void lfap_page_text(lfap_text *page, const char *format, ...) {
  lfap_text line = {0};
  va_list ap;
  va_start(ap, format);
  lfap_text_vformat(&line, format, ap);
  va_end(ap);
  if (line.bytes) escaped(page, line.bytes);
  if (line.status) page->status = line.status;
  lfap_text_free(&line);
}

void lfap_page_begin(lfap_text *page, const char *title) {
  lfap_text_puts(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n"
                       "<link rel=\"icon\" href=\"data:,\">\n<title>");
  escaped(page, title);
  lfap_text_puts(
      page,
      "</title>\n<style>\n"
      "body { font: 16px/1.45 sans-serif; color: #000; background: #fff; max-width: 68rem; margin: 2rem auto; padding: "
      "0 1rem }\n"
      ".t { overflow-x: auto; margin: 1rem 0 } table { border-collapse: collapse }\n"
      "caption { text-align: left; font-weight: bold; padding: .3rem 0 }\n"
      "th, td { border: 1px solid #888; padding: .2rem .6rem; text-align: left; vertical-align: top }\n"
      "th { background: #eee } td.n { white-space: nowrap } td.h { font-family: monospace; font-size: .75em; "
      "word-break: break-all; min-width: 10em }\n"
      "@media (max-width: 800px) { body { font-size: 14px; margin: 1rem auto } th, td { padding: .15rem .35rem } }\n"
      ".PASS, .FAIL, .UNDECIDED, .NOT-APPLICABLE { white-space: nowrap }\n"
      ".PASS { color: #00562b } .PASS::before { content: '\\2713  ' }\n"
      ".FAIL { color: #fff; background: #a00000; font-weight: bold } .FAIL::before { content: '\\2717  ' }\n"
      ".UNDECIDED { background: #ffe08a; font-weight: bold; border: 2px dashed #000 }\n"
      ".UNDECIDED::before { content: '?  ' }\n"
      ".NOT-APPLICABLE { color: #555; font-style: italic }\n"
      "p.verdict { font-size: 1.25em } p.verdict span { padding: .1rem .5rem; border: 1px solid #000 }\n"
      "nav ul { columns: 2; margin: .3rem 0 } code { background: #f2f2f2; padding: 0 .2rem; overflow-wrap: anywhere }\n"
      "figure { margin: 1.5rem 0 } img { max-width: 100%; height: auto; border: 1px solid #ccc }\n"
      "figcaption { max-width: 50rem; margin-top: .4rem }\n"
      "p.of { border-left: .3rem solid #888; padding-left: .6rem; overflow-wrap: anywhere }\n"
      "@media print { body { margin: 0; max-width: none } figure, tr { break-inside: avoid } h2 { break-after: avoid } "
      "}\n"
      "</style>\n</head>\n<body>\n<main>\n<h1>");
  escaped(page, title);
  lfap_text_puts(page, "</h1>\n");
}

void lfap_page_end(lfap_text *page) { lfap_text_puts(page, "</main>\n</body>\n</html>\n"); }

/* Its name in the address: letters and digits of the title, a dash for what is between them. */
void lfap_page_section(lfap_text *page, const char *title) {
  lfap_text_puts(page, "<h2 id=\"");
  for (const char *c = title; *c; c++) {
    char low = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    int plain = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9');
    if (plain) lfap_text_put(page, &low, 1);
    else if (c[1] && c[1] != ' ') lfap_text_puts(page, "-");
  }
  lfap_text_puts(page, "\">");
  escaped(page, title);
  lfap_text_puts(page, "</h2>\n");
}

void lfap_page_contents(lfap_text *to, const lfap_text *body) {
  static const char mark[] = "<h2 id=\"";
  lfap_text_puts(to, "<nav><strong>Contents</strong>\n<ul>\n");
  for (const char *at = body->bytes; at && (at = strstr(at, mark)) != NULL;) {
    at += sizeof mark - 1;
    const char *title = strchr(at, '>'), *end = strstr(at, "</h2>");
    if (!title || !end) break;
    lfap_text_puts(to, "<li><a href=\"#");
    lfap_text_put(to, at, strcspn(at, "\""));
    lfap_text_puts(to, "\">");
    lfap_text_put(to, title + 1, (size_t)(end - title - 1));
    lfap_text_puts(to, "</a></li>\n");
    at = end;
  }
  lfap_text_puts(to, "</ul></nav>\n");
}

void lfap_page_verdict(lfap_text *page, const char *what, const char *verdict) {
  lfap_text_puts(page, "<p class=\"verdict\">");
  escaped(page, what);
  lfap_text_format(page, ": <span class=\"%s\">%s</span></p>\n", verdict, verdict);
}

/* 0, or the errno of reading. */
static int base64(lfap_text *page, FILE *f) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned char b[3];
  for (size_t got; (got = fread(b, 1, 3, f)) > 0;) {
    unsigned word = (unsigned)b[0] << 16 | (got > 1 ? (unsigned)b[1] << 8 : 0) | (got > 2 ? b[2] : 0u);
    char out[4] = {digits[word >> 18], digits[word >> 12 & 63], got > 1 ? digits[word >> 6 & 63] : '=',
                   got > 2 ? digits[word & 63] : '='};
    lfap_text_put(page, out, 4);
  }
  return ferror(f) ? errno : 0;
}

lfap_status lfap_page_figure(lfap_ctx *ctx, lfap_text *page, const char *dir, const lfap_picture *p) {
  char path[4096], why[LFAP_REASON];
  FILE *f = NULL;
  size_t size = 0;
  snprintf(path, sizeof path, "%.3900s/%s.svg", dir, p->name);
  lfap_status s = lfap_file_open(ctx, &f, &size, path);
  if (s) return s;
  lfap_text_format(page, "<figure id=\"%s\">\n<img width=\"%d\" height=\"%d\" alt=\"", p->name, p->width, p->height);
  escaped(page, p->title);
  lfap_text_puts(page, ". ");
  escaped(page, p->caption);
  lfap_text_puts(page, "\" src=\"data:image/svg+xml;base64,");
  int broken = base64(page, f);
  lfap_text_puts(page, "\">\n<figcaption><strong>");
  escaped(page, p->title);
  lfap_text_puts(page, ".</strong> ");
  if (p->about[0]) {
    escaped(page, p->about);
    lfap_text_puts(page, ". ");
  }
  escaped(page, p->caption);
  lfap_text_puts(page, "</figcaption>\n</figure>\n");
  fclose(f);
  if (!broken) return LFAP_OK;
  return lfap_fail(ctx, LFAP_ERR_IO, "%s: could not be read back: %s", path, lfap_reason(why, broken));
}

void lfap_page_table_begin(lfap_text *page, const char *caption, const char *const *head) {
  lfap_text_puts(page, "<div class=\"t\"><table>\n<caption>");
  escaped(page, caption);
  lfap_text_puts(page, "</caption>\n<tr>");
  for (; *head; head++) {
    lfap_text_puts(page, "<th scope=\"col\">");
    escaped(page, *head);
    lfap_text_puts(page, "</th>");
  }
  lfap_text_puts(page, "</tr>\n");
}

/* A verdict looks like one, also in grey; a number, or a few words with one, stays in one line; a hash may not. */
static const char *look_of(const char *cell) {
  size_t len = strlen(cell);
  for (int v = 0; v < 4; v++)
    if (strcmp(cell, lfap_verdict_name((lfap_verdict)v)) == 0) return lfap_verdict_name((lfap_verdict)v);
  if (len == 64 && strspn(cell, "0123456789abcdef") == len) return "h";
  return len < 24 && strpbrk(cell, "0123456789") ? "n" : NULL;
}

void lfap_page_row(lfap_text *page, const char *const *cells) {
  lfap_text_puts(page, "<tr>");
  for (int first = 1; *cells; cells++, first = 0) {
    const char *look = look_of(*cells);
    if (first) lfap_text_puts(page, "<th scope=\"row\">");
    else if (look) lfap_text_format(page, "<td class=\"%s\">", look);
    else lfap_text_puts(page, "<td>");
    escaped(page, *cells);
    lfap_text_puts(page, first ? "</th>" : "</td>");
  }
  lfap_text_puts(page, "</tr>\n");
}

void lfap_page_table_end(lfap_text *page) { lfap_text_puts(page, "</table></div>\n"); }
