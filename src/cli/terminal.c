/* terminal.c - the one place that knows how wide a terminal is, and how a line or a table is fitted into it. */
#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "io/text.h"

/* ---- widths ------------------------------------------------------------------------------------------------------ */

enum { UNTOLD = 80 }; /* of a terminal that does not tell */

static int descriptor(FILE *to) { return to == stderr ? STDERR_FILENO : STDOUT_FILENO; }

size_t cli_columns(FILE *to) {
  struct winsize size;
  int fd = descriptor(to);
  if (!isatty(fd)) return 0;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : UNTOLD;
}

size_t cli_help_width(FILE *to) {
  size_t columns = cli_columns(to);
  return columns && columns < UNTOLD ? columns : UNTOLD;
}

int cli_escapes(FILE *to) {
  const char *term = getenv("TERM");
  return isatty(descriptor(to)) && term && strcmp(term, "dumb") != 0;
}

size_t cli_width(const char *text, size_t len) {
  size_t width = 0;
  for (size_t i = 0; i < len; i++) {
    if (text[i] == '\033')
      while (i + 1 < len && text[i] != 'm') i++;
    else width += ((unsigned char)text[i] & 0xc0) != 0x80; /* the first byte of a character */
  }
  return width;
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

enum { FURTHER = 4 }; /* what goes on of a line, in */

static void spaces(FILE *to, size_t n) { fprintf(to, "%*s", (int)n, ""); }

/* The spaces between words are kept within a line, as columns need them, and dropped where it is broken. */
void cli_fill(FILE *to, const char *text, size_t len, size_t columns, size_t hang) {
  size_t gap = 0, at = 0, i = 0;
  int fresh = 1; /* nothing stands in this line yet */
  if (!columns) {
    fprintf(to, "%.*s\n", (int)len, text);
    return;
  }
  if (hang + 16 > columns) hang = 0;
  while (i < len) {
    size_t word = i;
    if (text[i] == ' ') {
      gap++, i++;
      continue;
    }
    while (i < len && text[i] != ' ') i++;
    size_t width = cli_width(text + word, i - word);
    if (!fresh && at + gap + width > columns) {
      fputc('\n', to);
      spaces(to, hang);
      at = hang;
      gap = 0;
    }
    spaces(to, gap);
    fwrite(text + word, 1, i - word, to);
    at += gap + width;
    gap = 0;
    fresh = 0;
  }
  fputc('\n', to);
}

/* Where what goes on of a line stands: under its second column, which two spaces set apart, or a little further in. */
static size_t hang_of(const char *text, size_t len) {
  enum { FARTHEST = 36 };
  size_t indent = 0;
  while (indent < len && text[indent] == ' ') indent++;
  for (size_t i = indent + 2; i < len && i <= FARTHEST; i++)
    if (text[i] != ' ' && text[i - 1] == ' ' && text[i - 2] == ' ') return i;
  return indent + FURTHER;
}

void cli_fill_text(FILE *to, const char *text, size_t columns) {
  char paragraph[4096];
  size_t used = 0;
  for (int more = 1; more;) {
    size_t len = strcspn(text, "\n");
    int own = len == 0 || text[0] == ' ';
    if (used && (own || used + len + 2 > sizeof paragraph)) {
      cli_fill(to, paragraph, used, columns, 0);
      used = 0;
    }
    if (own) cli_fill(to, text, len, columns, hang_of(text, len));
    else {
      if (used) paragraph[used++] = ' ';
      if (len > sizeof paragraph - 2) len = sizeof paragraph - 2;
      memcpy(paragraph + used, text, len);
      used += len;
    }
    more = text[len] == '\n' && text[len + 1];
    text += len + (text[len] == '\n');
  }
  if (used) cli_fill(to, paragraph, used, columns, 0);
}

const char *cli_word_shown(char *out, size_t room, const char *path) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%";
  int needs = path[0] == 0 || path[strspn(path, plain)] != 0;
  lfap_visible(out + needs, room - 2 * (size_t)needs, path);
  if (needs) {
    out[0] = '\'';
    strcat(out, "'");
  }
  return out;
}

/* A line of stdout as far as it was said. One longer than this goes out as it is. */
static struct {
  char line[8192];
  size_t used;
} said;

void cli_say_end(void) {
  fwrite(said.line, 1, said.used, stdout);
  said.used = 0;
}

void cli_say(const char *format, ...) {
  size_t columns = cli_columns(stdout), room = sizeof said.line - said.used;
  va_list ap, again;
  va_start(ap, format);
  va_copy(again, ap);
  int len = columns ? vsnprintf(said.line + said.used, room, format, ap) : vprintf(format, ap);
  va_end(ap);
  if (columns && len >= 0 && (size_t)len >= room) {
    cli_say_end();
    vprintf(format, again);
  } else if (columns && len > 0) said.used += (size_t)len;
  va_end(again);
  for (char *end; said.used && (end = memchr(said.line, '\n', said.used)) != NULL;) {
    size_t line = (size_t)(end - said.line);
    cli_fill(stdout, said.line, line, columns, hang_of(said.line, line));
    said.used -= line + 1;
    memmove(said.line, end + 1, said.used);
  }
}

void cli_note(const char *format, ...) {
  char line[sizeof said.line];
  va_list ap;
  va_start(ap, format);
  int len = vsnprintf(line, sizeof line, format, ap);
  va_end(ap);
  if (len <= 0) return;
  size_t end = (size_t)len < sizeof line ? (size_t)len : sizeof line - 1;
  if (line[end - 1] == '\n') end--;
  cli_fill(stderr, line, end, cli_columns(stderr), 4);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

enum { INDENT = 2, NARROWEST = 12 };

typedef struct {
  const cli_table *t;
  size_t width[CLI_CELLS], columns; /* columns 0: wide enough */
  size_t word;                      /* the widest of `flex` */
  size_t below, under;              /* what stands below, and the column it begins in */
  int tight, stacked;               /* one space between columns; no columns, but line below line */
} layout;

static size_t gap_before(const layout *l, size_t k) { return k == 0 ? 0 : l->tight || l->t->near >> k & 1 ? 1 : 2; }

static const char *text_of(const cli_cells *row, size_t k) { return row->text[k] ? row->text[k] : ""; }

static void widen(layout *l, const cli_cells *row) {
  for (size_t k = 0; k < l->t->cells; k++) {
    size_t width = cli_width(text_of(row, k), strlen(text_of(row, k)));
    if (width > l->width[k]) l->width[k] = width;
  }
  for (const char *word = text_of(row, l->t->flex); *word;) {
    size_t len = strcspn(word, " "), width = cli_width(word, len);
    if (width > l->word) l->word = width;
    word += len + strspn(word + len, " ");
  }
}

/* Columns of a row up to before cell `end`. */
static size_t span(const layout *l, size_t end) {
  size_t width = INDENT;
  for (size_t k = 0; k < end; k++) width += l->width[k] + gap_before(l, k);
  return width;
}

/* Room for the words of `flex` where those from `below` on stand under it. */
static size_t room_beside(const layout *l) {
  size_t taken = span(l, l->below) - l->width[l->t->flex];
  return l->columns > taken ? l->columns - taken : 0;
}

/* A row in one line, if need be with narrow gaps; else no column is wider than what is in it, `flex` takes what is
   left, and where that is too little all behind it stands below as well; where even a word of it has no room, the row
   is stacked. */
static void fit(layout *l, const size_t natural[CLI_CELLS]) {
  const cli_table *t = l->t;
  l->tight = span(l, t->cells) > l->columns;
  if (span(l, t->cells) <= l->columns) {
    l->columns = 0;
    return;
  }
  l->tight = 0;
  memcpy(l->width, natural, sizeof l->width);
  l->below = t->below;
  if (room_beside(l) < NARROWEST) l->below = t->flex + 1;
  l->under = span(l, t->flex) + gap_before(l, t->flex);
  l->stacked = l->under + (l->word > NARROWEST ? l->word : NARROWEST) > l->columns;
  if (l->stacked) {
    l->below = t->flex + 1;
    l->under = FURTHER;
    return;
  }
  size_t left = room_beside(l);
  if (left < NARROWEST) left = NARROWEST;
  if (left < l->width[t->flex]) l->width[t->flex] = left;
}

/* As much of the text as fits: whole words, at least one. */
static size_t words_within(const char *text, size_t width) {
  size_t taken = 0, len = strlen(text);
  if (cli_width(text, len) <= width) return len;
  for (size_t i = 0; i <= len; i++)
    if (text[i] == ' ' || !text[i]) {
      if (taken && cli_width(text, i) > width) break;
      taken = i;
    }
  while (taken && text[taken - 1] == ' ') taken--;
  return taken;
}

static void print_cell(const layout *l, const cli_cells *row, size_t k, size_t len) {
  const char *text = text_of(row, k);
  size_t width = cli_width(text, len), pad = l->width[k] > width ? l->width[k] - width : 0;
  int right = (int)(l->t->right >> k & 1);
  if (right) spaces(stdout, pad);
  if (k == 0 && row->colour) fputs(row->colour, stdout);
  fwrite(text, 1, len, stdout);
  if (k == 0 && row->colour) fputs("\033[0m", stdout);
  if (!right) spaces(stdout, pad);
}

static void print_below(const layout *l, const cli_cells *row) {
  char line[1024];
  size_t used = (size_t)snprintf(line, sizeof line, "%*s", (int)l->under, "");
  for (size_t k = l->below; k < l->t->cells; k++) {
    const char *text = text_of(row, k), *label = text == l->t->head[k] ? NULL : l->t->label[k];
    text += strspn(text, " ");
    if (!text[0] || strcmp(text, "-") == 0 || used >= sizeof line) continue;
    used += (size_t)snprintf(line + used, sizeof line - used, "%s%s%s%s", used > l->under ? "; " : "",
                             label ? label : "", label ? " " : "", text);
  }
  if (used > l->under) cli_fill(stdout, line, strlen(line), l->columns, l->under);
}

/* The cells before `flex`, below them its words, and the others. */
static void print_stacked(const layout *l, const cli_cells *row) {
  char line[1024];
  size_t used = (size_t)snprintf(line, sizeof line, "%*s", INDENT, ""), flex = l->t->flex;
  for (size_t k = 0; k < flex && used < sizeof line; k++)
    used += (size_t)snprintf(line + used, sizeof line - used, "%s%s%s%s", k ? "  " : "",
                             k == 0 && row->colour ? row->colour : "", text_of(row, k),
                             k == 0 && row->colour ? "\033[0m" : "");
  cli_fill(stdout, line, strlen(line), l->columns, FURTHER);
  snprintf(line, sizeof line, "%*s%s", FURTHER, "", text_of(row, flex));
  if (line[FURTHER]) cli_fill(stdout, line, strlen(line), l->columns, FURTHER);
  print_below(l, row);
}

static void print_row(const layout *l, const cli_cells *row) {
  const cli_table *t = l->t;
  if (l->stacked) {
    print_stacked(l, row);
    return;
  }
  size_t end = l->columns ? l->below : t->cells, len = 0;
  while (end > 1 && !text_of(row, end - 1)[0]) end--; /* nothing stands behind the last */
  spaces(stdout, INDENT);
  for (size_t k = 0; k < end; k++) {
    const char *text = text_of(row, k);
    size_t part = k == t->flex && l->columns ? words_within(text, l->width[k]) : strlen(text);
    if (k == t->flex) len = part;
    spaces(stdout, gap_before(l, k));
    if (k + 1 < end || t->right >> k & 1) print_cell(l, row, k, part);
    else fwrite(text, 1, part, stdout);
  }
  fputc('\n', stdout);
  for (const char *rest = text_of(row, t->flex) + len; l->columns && *rest; rest += len) {
    rest += strspn(rest, " ");
    len = words_within(rest, l->width[t->flex]);
    spaces(stdout, l->under);
    printf("%.*s\n", (int)len, rest);
  }
  if (l->columns) print_below(l, row);
}

void cli_table_print(const cli_table *t, cli_row_of *row_of, const void *user, size_t rows) {
  layout l = {.t = t, .columns = cli_columns(stdout)};
  cli_cells head = {.colour = NULL};
  memcpy(head.text, t->head, sizeof head.text);
  if (t->head[0]) widen(&l, &head);
  for (size_t i = 0; i < rows; i++) {
    cli_cells row = {.colour = NULL};
    row_of(user, i, &row);
    widen(&l, &row);
  }
  size_t natural[CLI_CELLS];
  memcpy(natural, l.width, sizeof natural);
  for (size_t k = 0; k < t->cells; k++)
    if (l.width[k] < t->least[k]) l.width[k] = t->least[k];
  if (l.columns) fit(&l, natural);
  if (t->head[0]) print_row(&l, &head);
  for (size_t i = 0; i < rows; i++) {
    cli_cells row = {.colour = NULL};
    row_of(user, i, &row);
    print_row(&l, &row);
  }
}
