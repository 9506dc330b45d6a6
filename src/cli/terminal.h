/* terminal.h - what a person's terminal takes: its width, lines broken between words, tables. A stream that is no
 * terminal has lines of any length, and gets them as they are. */
#ifndef LFAP_CLI_TERMINAL_H
#define LFAP_CLI_TERMINAL_H
#include <stdarg.h>
#include <stdio.h>

#if defined(__GNUC__)
#define CLI_PRINTS(text, first) __attribute__((format(printf, text, first)))
#else
#define CLI_PRINTS(text, first)
#endif

/* Columns of the terminal behind stdout or stderr; 0: it is none. */
size_t cli_columns(FILE *to);
/* Of help, which is for people wherever it goes: 80, or fewer on a narrower terminal. */
size_t cli_help_width(FILE *to);
/* A terminal that knows escape codes: TERM says so. */
int cli_escapes(FILE *to);
/* Columns that a text takes: characters of UTF-8, without the escapes of colours. */
size_t cli_width(const char *text, size_t len);
/* One line in lines of at most `columns` (0: as it is), broken between words; all but the first begin in column
   `hang`. A line ends behind it. */
void cli_fill(FILE *to, const char *text, size_t len, size_t columns, size_t hang);
/* Paragraphs that were typed in several lines are one; an empty line, or one that begins with a space, ends them. */
void cli_fill_text(FILE *to, const char *text, size_t columns);

/* A path as a word of a shell, which can be copied from the screen. */
const char *cli_word_shown(char *out, size_t room, const char *path);

/* printf to stdout; on a terminal no line is wider than it. A line may be said in pieces. cli_say_end: what was said
   without an end of line is out. */
void cli_say(const char *format, ...) CLI_PRINTS(1, 2);
void cli_say_end(void);
/* A whole line on stderr. */
void cli_note(const char *format, ...) CLI_PRINTS(1, 2);

/* A table. Where its rows are wider than the terminal, the words of column `flex` go on in further lines, and the cells
   from `below` on stand under it, each after its label; where not even a word of `flex` has room beside the cells
   before it, it stands under them. */
enum { CLI_CELLS = 10, CLI_CELL = 96 };
typedef struct {
  const char *text[CLI_CELLS];
  char room[2][CLI_CELL], note[320]; /* for what is made for this row */
  const char *colour;                /* of the first cell; NULL: none */
} cli_cells;
typedef struct {
  size_t cells, flex, below;
  size_t least[CLI_CELLS];     /* widths, at least */
  unsigned right, near;        /* bits of columns: to the right; one space behind the one before */
  const char *head[CLI_CELLS]; /* head[0] NULL: none */
  const char *label[CLI_CELLS];
} cli_table;
/* Fills in the texts of row i; asked twice for each. */
typedef void cli_row_of(const void *user, size_t i, cli_cells *out);
void cli_table_print(const cli_table *t, cli_row_of *row_of, const void *user, size_t rows);
#endif
