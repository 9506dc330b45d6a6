/* page.h - one HTML page that needs nothing else: no script, no network, pictures inside. */
#ifndef LFAP_PICTURE_PAGE_H
#define LFAP_PICTURE_PAGE_H
#include "picture/picture.h"

/* printf, with & < > " of the result escaped. */
void lfap_page_text(lfap_text *page, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
void lfap_page_begin(lfap_text *page, const char *title);
void lfap_page_end(lfap_text *page);
void lfap_page_section(lfap_text *page, const char *title);
/* Links to the sections of a page's body, each title once. */
void lfap_page_contents(lfap_text *to, const lfap_text *body);
/* A line of its own: what, and its verdict. */
void lfap_page_verdict(lfap_text *page, const char *what, const char *verdict);
/* The SVG file of p in dir as a data URI, with p's size, title and caption. */
lfap_status lfap_page_figure(lfap_ctx *ctx, lfap_text *page, const char *dir, const lfap_picture *p);
/* Tables: `cells` words of a row; NULL ends. */
void lfap_page_table_begin(lfap_text *page, const char *caption, const char *const *head);
void lfap_page_row(lfap_text *page, const char *const *cells);
void lfap_page_table_end(lfap_text *page);
#endif
