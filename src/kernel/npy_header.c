/* npy_header.c - a small reader of the one-line Python dictionary in front of every NPY file (spec/formats.md).
 *
 * The dictionary's grammar (white space is allowed between any two symbols):
 *   header = '{' [ entry { ',' entry } [ ',' ] ] '}'         each of the three keys exactly once
 *   entry  = 'descr' ':' quoted | 'fortran_order' ':' ( True | False ) | 'shape' ':' '(' rows ',' [ cols [ ',' ] ] ')'
 * Every function is proved for arbitrary bytes; the position only grows and never passes the header's end. */
#include "npy_header.h"

/* What was read so far: the next byte, the last quoted string, and the three values. */
typedef struct {
  size_t at, from, n;
  size_t number;
  int has_descr, has_order, has_shape;
  lfap_npy_dtype dtype;
  size_t itemsize, ndim, rows, cols;
} reader;

/*@ predicate in_header{L}(reader *r, integer end) = r->at <= end && r->from + r->n <= end;
  @ predicate descr_ok{L}(reader *r) = r->has_descr == 0 || npy_item(r->dtype, r->itemsize);
  @ predicate shape_ok{L}(reader *r) =
  @   r->has_shape == 0 || (r->ndim == 1 && r->cols == 1) || r->ndim == 2;
  @ predicate flags_ok{L}(reader *r) =
  @   0 <= r->has_descr <= 1 && 0 <= r->has_order <= 1 && 0 <= r->has_shape <= 1;
  @ predicate good{L}(reader *r) = descr_ok(r) && shape_ok(r) && flags_ok(r); */

/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at;
  @ ensures pos: \old(r->at) <= r->at <= end; */
static void skip_space(reader *r, const uint8_t *b, size_t end) {
  /*@ loop invariant pos: \at(r->at, Pre) <= r->at <= end;
    @ loop assigns r->at;
    @ loop variant end - r->at; */
  while (r->at < end && (b[r->at] == ' ' || (b[r->at] >= '\t' && b[r->at] <= '\r'))) r->at++;
}

/* Takes the symbol c, after white space; 0 and past the white space if another one stands there. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures taken: \result == 1 ==> \old(r->at) < r->at && b[r->at - 1] == c; */
static int take(reader *r, const uint8_t *b, size_t end, uint8_t c) {
  skip_space(r, b, end);
  if (r->at >= end || b[r->at] != c) return 0;
  r->at++;
  return 1;
}

/* Do the m bytes at b+from spell the word? */
/*@ requires buffer: \valid_read(b + (from .. from + n - 1));
  @ requires word: \valid_read(word + (0 .. m - 1));
  @ requires whole: from + n <= 0xffffffffffffffff;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures same: \result == 1 <==> (n == m && \forall integer k; 0 <= k < m ==> b[from + k] == word[k]); */
static int spells(const uint8_t *b, size_t from, size_t n, const uint8_t *word, size_t m) {
  if (n != m) return 0;
  /*@ loop invariant range: 0 <= i <= m;
    @ loop invariant same: \forall integer k; 0 <= k < i ==> b[from + k] == word[k];
    @ loop assigns i;
    @ loop variant m - i; */
  for (size_t i = 0; i < m; i++)
    if (b[from + i] != word[i]) return 0;
  return 1;
}

/* Takes a bare word of exactly these m letters at the position. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires word: \valid_read(word + (0 .. m - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1)) && \separated(r, word + (0 .. m - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures pos: \old(r->at) <= r->at <= end; */
static int take_word(reader *r, const uint8_t *b, size_t end, const uint8_t *word, size_t m) {
  skip_space(r, b, end);
  if (end - r->at < m || spells(b, r->at, m, word, m) == 0) return 0;
  r->at += m;
  return 1;
}

/* Takes a string in single or double quotes; its inside is b[from .. from+n-1]. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at, r->from, r->n;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures inside: r->from + r->n <= end; */
static int take_quoted(reader *r, const uint8_t *b, size_t end) {
  skip_space(r, b, end);
  if (r->at >= end || (b[r->at] != '\'' && b[r->at] != '"')) return 0;
  uint8_t quote = b[r->at];
  size_t from = r->at + 1, q = from;
  /*@ loop invariant pos: from <= q <= end;
    @ loop assigns q;
    @ loop variant end - q; */
  while (q < end && b[q] != quote) q++;
  if (q == end) return 0;
  r->from = from;
  r->n = q - from;
  r->at = q + 1;
  return 1;
}

/* Takes a whole number as Python writes it: no sign, no leading zero. HUGE when it does not fit. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at, r->number;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures pos: \old(r->at) <= r->at <= end; */
static lfap_npy_verdict take_number(reader *r, const uint8_t *b, size_t end) {
  skip_space(r, b, end);
  size_t v = 0, q = r->at;
  /*@ loop invariant pos: \at(r->at, Here) <= q <= end;
    @ loop assigns q, v;
    @ loop variant end - q; */
  while (q < end && b[q] >= '0' && b[q] <= '9') {
    size_t digit = (size_t)(b[q] - '0');
    if (v > (SIZE_MAX - digit) / 10u) return LFAP_NPY_HUGE;
    v = v * 10u + digit;
    q++;
  }
  if (q == r->at || (b[r->at] == '0' && q - r->at > 1u)) return LFAP_NPY_SYNTAX;
  r->at = q;
  r->number = v;
  return LFAP_NPY_OK;
}

/* Sets dtype and item size from three letters, order, kind, size: the order of single bytes does not matter. */
/*@ requires reader: \valid(r);
  @ terminates \true;
  @ exits \false;
  @ assigns r->dtype, r->itemsize;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures item: \result == LFAP_NPY_OK ==> npy_item(r->dtype, r->itemsize); */
static lfap_npy_verdict set_dtype(reader *r, uint8_t order, uint8_t kind, uint8_t size) {
  if (size == '1' && (order == '|' || order == '<' || order == '>')) {
    r->itemsize = 1;
    if (kind == 'u') r->dtype = LFAP_U1;
    else r->dtype = LFAP_I1;
    return kind == 'u' || kind == 'i' ? LFAP_NPY_OK : LFAP_NPY_DTYPE;
  }
  if (order == '>') return LFAP_NPY_BIG_ENDIAN;
  if (order != '<' || (size != '4' && size != '8') || (kind != 'f' && kind != 'i')) return LFAP_NPY_DTYPE;
  if (size == '8') {
    r->itemsize = 8;
    r->dtype = kind == 'f' ? LFAP_F8 : LFAP_I8;
  } else {
    r->itemsize = 4;
    r->dtype = kind == 'f' ? LFAP_F4 : LFAP_I4;
  }
  return LFAP_NPY_OK;
}

/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at, r->from, r->n, r->dtype, r->itemsize;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures inside: r->from + r->n <= end;
  @ ensures item: \result == LFAP_NPY_OK ==> npy_item(r->dtype, r->itemsize); */
static lfap_npy_verdict read_descr(reader *r, const uint8_t *b, size_t end) {
  if (take(r, b, end, '[') == 1) return LFAP_NPY_DTYPE; /* a record type */
  if (take_quoted(r, b, end) == 0) return LFAP_NPY_SYNTAX;
  size_t n = r->n;
  const uint8_t *s = b + r->from;
  if (n > 0 && s[0] == 'O') return LFAP_NPY_OBJECT;
  if (n > 1 && s[1] == 'O') return LFAP_NPY_OBJECT;
  if (n != 3) return n > 0 && s[0] == '>' ? LFAP_NPY_BIG_ENDIAN : LFAP_NPY_DTYPE;
  return set_dtype(r, s[0], s[1], s[2]);
}

/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures pos: \old(r->at) <= r->at <= end; */
static lfap_npy_verdict read_order(reader *r, const uint8_t *b, size_t end) {
  const uint8_t word_true[4] = {'T', 'r', 'u', 'e'}, word_false[5] = {'F', 'a', 'l', 's', 'e'};
  if (take_word(r, b, end, word_false, 5) == 1) return LFAP_NPY_OK;
  return take_word(r, b, end, word_true, 4) == 1 ? LFAP_NPY_FORTRAN : LFAP_NPY_SYNTAX;
}

/* A tuple of one or two numbers; (3) without a comma is no tuple in Python. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at, r->number, r->ndim, r->rows, r->cols;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures shape: \result == LFAP_NPY_OK ==> (r->ndim == 1 && r->cols == 1) || r->ndim == 2;
  @ ensures closed: \result == LFAP_NPY_OK ==> 0 < r->at && b[r->at - 1] == ')'; */
static lfap_npy_verdict read_shape(reader *r, const uint8_t *b, size_t end) {
  if (take(r, b, end, '(') == 0) return LFAP_NPY_SYNTAX;
  if (take(r, b, end, ')') == 1) return LFAP_NPY_SHAPE;
  lfap_npy_verdict v = take_number(r, b, end);
  if (v != LFAP_NPY_OK) return v;
  r->rows = r->number;
  r->cols = 1;
  r->ndim = 1;
  if (take(r, b, end, ',') == 0) return LFAP_NPY_SYNTAX;
  if (take(r, b, end, ')') == 1) return LFAP_NPY_OK;
  v = take_number(r, b, end);
  if (v != LFAP_NPY_OK) return v;
  r->cols = r->number;
  r->ndim = 2;
  int comma = take(r, b, end, ',');
  if (take(r, b, end, ')') == 1) return LFAP_NPY_OK;
  return comma == 1 ? LFAP_NPY_SHAPE : LFAP_NPY_SYNTAX;
}

/* The value of the key just read, which must be one of the three and new. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end) && good(r);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *r;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures pos: \old(r->at) <= r->at;
  @ ensures inside: in_header(r, end);
  @ ensures good: \result == LFAP_NPY_OK ==> good(r); */
static lfap_npy_verdict read_value(reader *r, const uint8_t *b, size_t end) {
  const uint8_t key_descr[5] = {'d', 'e', 's', 'c', 'r'}, key_shape[5] = {'s', 'h', 'a', 'p', 'e'};
  const uint8_t key_order[13] = {'f', 'o', 'r', 't', 'r', 'a', 'n', '_', 'o', 'r', 'd', 'e', 'r'};
  if (r->has_descr == 0 && spells(b, r->from, r->n, key_descr, 5) == 1) {
    lfap_npy_verdict v = read_descr(r, b, end);
    if (v == LFAP_NPY_OK) r->has_descr = 1;
    return v;
  }
  if (r->has_order == 0 && spells(b, r->from, r->n, key_order, 13) == 1) {
    r->has_order = 1;
    return read_order(r, b, end);
  }
  if (r->has_shape == 0 && spells(b, r->from, r->n, key_shape, 5) == 1) {
    lfap_npy_verdict v = read_shape(r, b, end);
    if (v == LFAP_NPY_OK) r->has_shape = 1;
    return v;
  }
  return LFAP_NPY_SYNTAX;
}

/* key ':' value */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end) && good(r);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *r;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures inside: in_header(r, end);
  @ ensures progress: \result == LFAP_NPY_OK ==> \old(r->at) < r->at;
  @ ensures good: \result == LFAP_NPY_OK ==> good(r); */
static lfap_npy_verdict read_entry(reader *r, const uint8_t *b, size_t end) {
  if (take_quoted(r, b, end) == 0) return LFAP_NPY_SYNTAX;
  if (take(r, b, end, ':') == 0) return LFAP_NPY_SYNTAX;
  return read_value(r, b, end);
}

/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end) && good(r);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *r;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures whole: \result == LFAP_NPY_OK ==> r->has_descr == 1 && r->has_order == 1 && r->has_shape == 1;
  @ ensures good: \result == LFAP_NPY_OK ==> good(r); */
static lfap_npy_verdict read_dict(reader *r, const uint8_t *b, size_t end) {
  if (take(r, b, end, '{') == 0) return LFAP_NPY_SYNTAX;
  int open = 1;
  /*@ loop invariant inside: in_header(r, end);
    @ loop invariant good: good(r);
    @ loop invariant open: open == 0 || open == 1;
    @ loop assigns *r, open;
    @ loop variant end - r->at + open; */
  while (open == 1 && take(r, b, end, '}') == 0) {
    lfap_npy_verdict v = read_entry(r, b, end);
    if (v != LFAP_NPY_OK) return v;
    if (take(r, b, end, ',') == 0) {
      if (take(r, b, end, '}') == 0) return LFAP_NPY_SYNTAX;
      open = 0;
    }
  }
  skip_space(r, b, end);
  if (r->at != end) return LFAP_NPY_SYNTAX;
  return r->has_descr == 1 && r->has_order == 1 && r->has_shape == 1 ? LFAP_NPY_OK : LFAP_NPY_SYNTAX;
}

/* Magic, version, length of the header: *from and *end enclose the dictionary. */
/*@ requires buffer: \valid_read(b + (0 .. len - 1));
  @ requires prefix: len <= total;
  @ requires outs: \valid(from) && \valid(end);
  @ requires sep: \separated(from, end, b + (0 .. len - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *from, *end;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures inside: \result == LFAP_NPY_OK ==> 10 <= *from <= *end <= len; */
static lfap_npy_verdict read_preamble(size_t *from, size_t *end, const uint8_t *b, size_t len, size_t total) {
  if (len < 6 || b[0] != 0x93 || b[1] != 'N' || b[2] != 'U' || b[3] != 'M' || b[4] != 'P' || b[5] != 'Y')
    return LFAP_NPY_MAGIC;
  if (len < 10) return LFAP_NPY_TRUNCATED;
  if ((b[6] != 1 && b[6] != 2) || b[7] != 0) return LFAP_NPY_VERSION;
  size_t n = (size_t)b[8] + 256u * (size_t)b[9], at = 10;
  if (b[6] == 2) {
    if (len < 12) return LFAP_NPY_TRUNCATED;
    n += 65536u * ((size_t)b[10] + 256u * (size_t)b[11]);
    at = 12;
  }
  if (total - at < n) return LFAP_NPY_TRUNCATED;
  if (len - at < n) return LFAP_NPY_SYNTAX;
  *from = at;
  *end = at + n;
  return LFAP_NPY_OK;
}

/* Do rows x cols items of that size fit into what follows the header, and their doubles into an address space? */
/*@ requires size: itemsize == 1 || itemsize == 4 || itemsize == 8;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures entries: \result == LFAP_NPY_OK ==> rows > 0 && cols > 0;
  @ ensures fits: \result == LFAP_NPY_OK ==> rows * cols * itemsize <= room;
  @ ensures addressable: \result == LFAP_NPY_OK ==> rows * cols <= 0x1fffffffffffffff; */
static lfap_npy_verdict check_size(size_t rows, size_t cols, size_t itemsize, size_t room) {
  if (rows == 0 || cols == 0) return LFAP_NPY_EMPTY;
  size_t most = SIZE_MAX / 8u / cols;
  if (rows > most) return LFAP_NPY_HUGE;
  /*@ assert rows * cols <= most * cols; */
  /*@ assert rows * cols <= 0x1fffffffffffffff; */
  size_t items = room / itemsize;
  if (rows * cols > items) return LFAP_NPY_TRUNCATED;
  /*@ assert rows * cols * itemsize <= items * itemsize; */
  return LFAP_NPY_OK;
}

/* The result from a complete dictionary that ends at `end`. */
/*@ requires outs: \valid(out) && \valid_read(r);
  @ requires sep: \separated(out, r);
  @ requires whole: end <= total;
  @ requires good: npy_item(r->dtype, r->itemsize) && ((r->ndim == 1 && r->cols == 1) || r->ndim == 2);
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures offset: \result == LFAP_NPY_OK ==> out->offset == end;
  @ ensures item: \result == LFAP_NPY_OK ==> npy_item(out->dtype, out->itemsize);
  @ ensures fits: \result == LFAP_NPY_OK ==> out->rows * out->cols * out->itemsize <= total - end;
  @ ensures addressable: \result == LFAP_NPY_OK ==> out->rows * out->cols <= 0x1fffffffffffffff;
  @ ensures entries: \result == LFAP_NPY_OK ==> out->rows > 0 && out->cols > 0;
  @ ensures shape: \result == LFAP_NPY_OK ==> (out->ndim == 1 && out->cols == 1) || out->ndim == 2;
  @ ensures untouched: \result != LFAP_NPY_OK ==> *out == \old(*out); */
static lfap_npy_verdict set_info(lfap_npy_info *out, const reader *r, size_t end, size_t total) {
  size_t rows = r->rows, cols = r->cols, itemsize = r->itemsize;
  lfap_npy_verdict v = check_size(rows, cols, itemsize, total - end);
  if (v != LFAP_NPY_OK) return v;
  out->dtype = r->dtype;
  out->itemsize = itemsize;
  out->ndim = r->ndim;
  out->rows = rows;
  out->cols = cols;
  out->offset = end;
  return LFAP_NPY_OK;
}

lfap_npy_verdict lfap_npy_header(lfap_npy_info *out, const uint8_t *b, size_t len, size_t total) {
  reader r = {0, 0, 0, 0, 0, 0, 0, LFAP_F8, 8, 1, 0, 1};
  size_t end = 0;
  lfap_npy_verdict v = read_preamble(&r.at, &end, b, len, total);
  if (v != LFAP_NPY_OK) return v;
  v = read_dict(&r, b, end);
  if (v != LFAP_NPY_OK) return v;
  return set_info(out, &r, end, total);
}
