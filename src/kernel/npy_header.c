/* npy_header.c - a small reader of the one-line Python dictionary in front of every NPY file (spec/formats.md).
 *
 * The dictionary's grammar (white space is allowed between any two symbols):
 *   header = '{' [ entry { ',' entry } [ ',' ] ] '}'         each of the three keys exactly once
 *   entry  = 'descr' ':' quoted | 'fortran_order' ':' ( True | False ) | 'shape' ':' '(' number { ',' number } [ ',' ] ')'
 * A tuple of one number has its comma. Python 2 wrote u in front of a quoted string and L behind a number; that is allowed.
 * Every function is proved for arbitrary bytes; the position only grows and never passes the header's end. */
#include "npy_header.h"

/* What was read so far: the next byte, the last quoted string, and the three values. */
typedef struct {
  size_t at, from, n;
  size_t number;
  int has_descr, has_order, has_shape;
  lfap_npy_dtype dtype;
  int big, fortran;
  size_t itemsize, ndim, d0, d1, d2, d3;
} reader;

/*@ predicate parsed(integer v) = is_npy_verdict(v) && v != LFAP_NPY_MORE;
  @ predicate in_header{L}(reader *r, integer end) = r->at <= end && r->from + r->n <= end;
  @ predicate descr_ok{L}(reader *r) = r->has_descr == 0 || npy_item(r->dtype, r->itemsize);
  @ predicate unused_ok{L}(reader *r) = (r->ndim < 2 ==> r->d1 == 1) && (r->ndim < 3 ==> r->d2 == 1) && (r->ndim < 4 ==> r->d3 == 1);
  @ predicate some_shape{L}(reader *r) = 1 <= r->ndim <= LFAP_NPY_DIMS && unused_ok(r);
  @ predicate shape_ok{L}(reader *r) = r->has_shape == 0 || some_shape(r);
  @ predicate flags_ok{L}(reader *r) = 0 <= r->has_descr <= 1 && 0 <= r->has_order <= 1 && 0 <= r->has_shape <= 1
  @   && 0 <= r->big <= 1 && 0 <= r->fortran <= 1;
  @ predicate good{L}(reader *r) = descr_ok(r) && shape_ok(r) && flags_ok(r); */

/* The grammar's symbols as functions of the bytes: where the white space from `at` on ends, whether a symbol, a word or a
   string stands there, and where the first byte c from `at` on is. */
/*@ predicate mark(integer c) = c == '\'' || c == '"';
  @ predicate digit(integer c) = '0' <= c <= '9';
  @ logic integer skipped{L}(uint8_t *b, integer at, integer end) =
  @   at < end && (b[at] == ' ' || (b[at] >= '\t' && b[at] <= '\r')) ? skipped(b, at + 1, end) : at;
  @ logic integer found{L}(uint8_t *b, integer at, integer end, integer c) =
  @   at < end && b[at] != c ? found(b, at + 1, end, c) : at;
  @ predicate symbol{L}(uint8_t *b, integer at, integer end, integer c) =
  @   skipped(b, at, end) < end && b[skipped(b, at, end)] == c;
  @ predicate same_word{L}(uint8_t *b, integer from, uint8_t *word, integer m) =
  @   \forall integer k; 0 <= k < m ==> b[from + k] == word[k];
  @ logic integer closing{L}(uint8_t *b, integer at, integer end) = found(b, at + 1, end, b[at]);
  @ logic integer opening{L}(uint8_t *b, integer at, integer end) =
  @   skipped(b, at, end) < end && b[skipped(b, at, end)] == 'u' ? skipped(b, at, end) + 1 : skipped(b, at, end);
  @ predicate quoted{L}(uint8_t *b, integer at, integer end) =
  @   opening(b, at, end) < end && mark(b[opening(b, at, end)]) && closing(b, opening(b, at, end), end) < end;
  @ logic integer digits_end{L}(uint8_t *b, integer at, integer end) =
  @   at < end && b[at] >= '0' && b[at] <= '9' ? digits_end(b, at + 1, end) : at;
  @ logic integer decimal{L}(uint8_t *b, integer from, integer to) =
  @   to <= from ? 0 : 10*decimal(b, from, to - 1) + (b[to - 1] - '0');
  @ // what the three letters of a descr stand for, and the words that Python writes
  @ predicate any_order(integer order) = order == '<' || order == '>' || order == '=' || order == '|';
  @ predicate one_byte(integer kind, integer dtype) =
  @   (kind == 'b' && dtype == LFAP_B1) || (kind == 'u' && dtype == LFAP_U1) || (kind == 'i' && dtype == LFAP_I1);
  @ predicate two_bytes(integer kind, integer dtype) =
  @   (kind == 'f' && dtype == LFAP_F2) || (kind == 'u' && dtype == LFAP_U2) || (kind == 'i' && dtype == LFAP_I2);
  @ predicate four_bytes(integer kind, integer dtype) =
  @   (kind == 'f' && dtype == LFAP_F4) || (kind == 'u' && dtype == LFAP_U4) || (kind == 'i' && dtype == LFAP_I4);
  @ predicate eight_bytes(integer kind, integer dtype) =
  @   (kind == 'f' && dtype == LFAP_F8) || (kind == 'u' && dtype == LFAP_U8) || (kind == 'i' && dtype == LFAP_I8);
  @ predicate item_of(integer order, integer kind, integer size, integer dtype, integer item) =
  @   any_order(order) && size == item + '0' && ((item == 1 && one_byte(kind, dtype)) || (item == 2 && two_bytes(kind, dtype))
  @     || (item == 4 && four_bytes(kind, dtype)) || (item == 8 && eight_bytes(kind, dtype)));
  @ predicate false_at{L}(uint8_t *b, integer at, integer end) = at + 5 <= end
  @   && b[at] == 'F' && b[at + 1] == 'a' && b[at + 2] == 'l' && b[at + 3] == 's' && b[at + 4] == 'e';
  @ predicate true_at{L}(uint8_t *b, integer at, integer end) = at + 4 <= end
  @   && b[at] == 'T' && b[at + 1] == 'r' && b[at + 2] == 'u' && b[at + 3] == 'e';
  @ predicate is_descr{L}(uint8_t *b, integer at, integer n) = n == 5
  @   && b[at] == 'd' && b[at + 1] == 'e' && b[at + 2] == 's' && b[at + 3] == 'c' && b[at + 4] == 'r';
  @ predicate is_shape{L}(uint8_t *b, integer at, integer n) = n == 5
  @   && b[at] == 's' && b[at + 1] == 'h' && b[at + 2] == 'a' && b[at + 3] == 'p' && b[at + 4] == 'e';
  @ predicate is_order{L}(uint8_t *b, integer at, integer n) = n == 13
  @   && b[at] == 'f' && b[at + 1] == 'o' && b[at + 2] == 'r' && b[at + 3] == 't' && b[at + 4] == 'r' && b[at + 5] == 'a'
  @   && b[at + 6] == 'n' && b[at + 7] == '_' && b[at + 8] == 'o' && b[at + 9] == 'r' && b[at + 10] == 'd'
  @   && b[at + 11] == 'e' && b[at + 12] == 'r';
  @ // a number is spelled from `at` on and ends at `to`; where number k of a tuple begins that begins at `at`
  @ logic integer number_end{L}(uint8_t *b, integer at, integer end) =
  @   digits_end(b, skipped(b, at, end), end) < end && b[digits_end(b, skipped(b, at, end), end)] == 'L'
  @     ? digits_end(b, skipped(b, at, end), end) + 1 : digits_end(b, skipped(b, at, end), end);
  @ predicate number{L}(uint8_t *b, integer at, integer end, integer value) =
  @   skipped(b, at, end) < digits_end(b, skipped(b, at, end), end)
  @   && value == decimal(b, skipped(b, at, end), digits_end(b, skipped(b, at, end), end))
  @   && (b[skipped(b, at, end)] == '0' ==> digits_end(b, skipped(b, at, end), end) == skipped(b, at, end) + 1);
  @ logic integer nth{L}(uint8_t *b, integer at, integer end, integer k) =
  @   k <= 0 ? at : skipped(b, number_end(b, nth(b, at, end, k - 1), end), end) + 1;
  @ predicate spelled{L}(uint8_t *b, integer at, integer end, reader *r) =
  @   (0 < r->ndim ==> number(b, nth(b, at, end, 0), end, r->d0)) && (1 < r->ndim ==> number(b, nth(b, at, end, 1), end, r->d1))
  @   && (2 < r->ndim ==> number(b, nth(b, at, end, 2), end, r->d2)) && (3 < r->ndim ==> number(b, nth(b, at, end, 3), end, r->d3));
  @ // the three keys, each of which may be given once; which of them an entry gave
  @ predicate others_kept{A,B}(reader *r, integer descr, integer order, integer shape) =
  @   \at(r->has_descr,B) == \at(r->has_descr,A) + descr && \at(r->has_order,B) == \at(r->has_order,A) + order
  @   && \at(r->has_shape,B) == \at(r->has_shape,A) + shape;
  @ predicate gave{A,B}(reader *r, uint8_t *b, integer from, integer n) =
  @   (is_descr{B}(b, from, n) && others_kept{A,B}(r, 1, 0, 0)) || (is_order{B}(b, from, n) && others_kept{A,B}(r, 0, 1, 0))
  @   || (is_shape{B}(b, from, n) && others_kept{A,B}(r, 0, 0, 1));
  @ // the dictionary is closed behind an entry that ends at e: '}' alone or after a comma, then white space up to the end
  @ predicate closed{L}(uint8_t *b, integer e, integer end) =
  @   symbol(b, e, end, '}') && skipped(b, skipped(b, e, end) + 1, end) == end;
  @ predicate ended{L}(uint8_t *b, integer e, integer end) =
  @   closed(b, e, end) || (symbol(b, e, end, ',') && closed(b, skipped(b, e, end) + 1, end)); */

/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at;
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures skipped: r->at == skipped(b, \old(r->at), end);
  @ ensures stop: skipped(b, r->at, end) == r->at; */
static void skip_space(reader *r, const uint8_t *b, size_t end) {
  /*@ loop invariant pos: \at(r->at, Pre) <= r->at <= end;
    @ loop invariant skipped: skipped(b, r->at, end) == skipped(b, \at(r->at, Pre), end);
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
  @ ensures there: \result == 1 <==> symbol(b, \old(r->at), end, c);
  @ ensures moved: r->at == skipped(b, \old(r->at), end) + \result;
  @ ensures stop: \result == 0 ==> skipped(b, r->at, end) == r->at;
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
  @ ensures same: \result == 1 <==> (n == m && same_word(b, from, word, m)); */
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
  @ ensures pos: \old(r->at) <= r->at <= end && \old(r->at) <= skipped(b, \old(r->at), end);
  @ ensures there: \result == 1 <==>
  @   skipped(b, \old(r->at), end) + m <= end && same_word(b, skipped(b, \old(r->at), end), word, m);
  @ ensures moved: r->at == skipped(b, \old(r->at), end) + (\result == 1 ? m : 0);
  @ ensures stop: \result == 0 ==> skipped(b, r->at, end) == r->at; */
static int take_word(reader *r, const uint8_t *b, size_t end, const uint8_t *word, size_t m) {
  skip_space(r, b, end);
  if (end - r->at < m || spells(b, r->at, m, word, m) == 0) return 0;
  r->at += m;
  return 1;
}

/* Takes a string in single or double quotes, perhaps after u; its inside is b[from .. from+n-1]. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at, r->from, r->n;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures inside: r->from + r->n <= end;
  @ ensures there: \result == 1 <==> quoted(b, \old(r->at), end);
  @ ensures text: \result == 1 ==> r->from == opening(b, \old(r->at), end) + 1
  @   && r->from + r->n == closing(b, opening(b, \old(r->at), end), end) && r->at == r->from + r->n + 1;
  @ ensures mark: \result == 1 ==> \old(r->at) < r->at && mark(b[r->at - 1]);
  @ ensures kept: \result == 0 ==> r->from == \old(r->from) && r->n == \old(r->n) && r->at == skipped(b, \old(r->at), end); */
static int take_quoted(reader *r, const uint8_t *b, size_t end) {
  skip_space(r, b, end);
  size_t open = r->at;
  if (open < end && b[open] == 'u') open++;
  /*@ assert opening: open == opening(b, \at(r->at,Pre), end); */
  if (open >= end || (b[open] != '\'' && b[open] != '"')) return 0;
  uint8_t quote = b[open];
  size_t from = open + 1, q = from;
  /*@ loop invariant pos: from <= q <= end;
    @ loop invariant found: found(b, q, end, quote) == found(b, from, end, quote);
    @ loop assigns q;
    @ loop variant end - q; */
  while (q < end && b[q] != quote) q++;
  if (q == end) return 0;
  r->from = from;
  r->n = q - from;
  r->at = q + 1;
  return 1;
}

/* Takes a whole number as Python writes it: no sign, no leading zero, in Python 2 perhaps with L. HUGE when it does not
   fit. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at, r->number;
  @ ensures verdict: \result == LFAP_NPY_OK || \result == LFAP_NPY_HUGE || \result == LFAP_NPY_SYNTAX;
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures value: \result == LFAP_NPY_OK ==> number(b, \old(r->at), end, r->number);
  @ ensures moved: \result == LFAP_NPY_OK ==> r->at == number_end(b, \old(r->at), end) && \old(r->at) < r->at;
  @ ensures huge: \result == LFAP_NPY_HUGE ==> \exists integer q; skipped(b, \old(r->at), end) < q <= end && digit(b[q - 1])
  @   && decimal(b, skipped(b, \old(r->at), end), q) > SIZE_MAX;
  @ ensures wrong: \result == LFAP_NPY_SYNTAX ==> !(skipped(b, \old(r->at), end) < end && digit(b[skipped(b, \old(r->at), end)]))
  @   || (b[skipped(b, \old(r->at), end)] == '0'
  @       && digits_end(b, skipped(b, \old(r->at), end), end) > skipped(b, \old(r->at), end) + 1); */
static lfap_npy_verdict take_number(reader *r, const uint8_t *b, size_t end) {
  skip_space(r, b, end);
  size_t v = 0, q = r->at;
  /*@ loop invariant pos: \at(r->at, Here) <= q <= end;
    @ loop invariant digits: digits_end(b, q, end) == digits_end(b, r->at, end);
    @ loop invariant value: v == decimal(b, r->at, q);
    @ loop invariant first: q > r->at ==> digit(b[r->at]);
    @ loop assigns q, v;
    @ loop variant end - q; */
  while (q < end && b[q] >= '0' && b[q] <= '9') {
    size_t digit = (size_t)(b[q] - '0');
    if (v > (SIZE_MAX - digit) / 10u) {
      /*@ assert larger: decimal(b, r->at, q + 1) > SIZE_MAX; */
      return LFAP_NPY_HUGE;
    }
    v = v * 10u + digit;
    q++;
  }
  if (q == r->at || (b[r->at] == '0' && q - r->at > 1u)) return LFAP_NPY_SYNTAX;
  /*@ assert digits: q == digits_end(b, skipped(b, \at(r->at,Pre), end), end); */
  if (q < end && b[q] == 'L') q++;
  /*@ assert behind: q == number_end(b, \at(r->at,Pre), end); */
  r->at = q;
  r->number = v;
  return LFAP_NPY_OK;
}

/* Numbers of one byte, of two, of four, of eight: their dtype by the letter of the kind. */
/*@ requires out: \valid(out);
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures which: \result == LFAP_NPY_OK || \result == LFAP_NPY_DTYPE;
  @ ensures known: \result == LFAP_NPY_OK ==> one_byte(kind, *out);
  @ ensures refused: \result != LFAP_NPY_OK ==> \forall integer t; !one_byte(kind, t); */
static lfap_npy_verdict set_byte(lfap_npy_dtype *out, uint8_t kind) {
  if (kind == 'b') *out = LFAP_B1;
  else if (kind == 'u') *out = LFAP_U1;
  else *out = LFAP_I1;
  return kind == 'b' || kind == 'u' || kind == 'i' ? LFAP_NPY_OK : LFAP_NPY_DTYPE;
}

/*@ requires out: \valid(out);
  @ requires size: size == '2' || size == '4' || size == '8';
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures which: \result == LFAP_NPY_OK || \result == LFAP_NPY_DTYPE;
  @ ensures two: \result == LFAP_NPY_OK && size == '2' ==> two_bytes(kind, *out);
  @ ensures four: \result == LFAP_NPY_OK && size == '4' ==> four_bytes(kind, *out);
  @ ensures eight: \result == LFAP_NPY_OK && size == '8' ==> eight_bytes(kind, *out);
  @ ensures refused: \result != LFAP_NPY_OK ==> \forall integer t;
  @   !two_bytes(kind, t) && !four_bytes(kind, t) && !eight_bytes(kind, t); */
static lfap_npy_verdict set_wide(lfap_npy_dtype *out, uint8_t kind, uint8_t size) {
  if (kind == 'f') *out = size == '8' ? LFAP_F8 : size == '4' ? LFAP_F4 : LFAP_F2;
  else if (kind == 'u') *out = size == '8' ? LFAP_U8 : size == '4' ? LFAP_U4 : LFAP_U2;
  else *out = size == '8' ? LFAP_I8 : size == '4' ? LFAP_I4 : LFAP_I2;
  return kind == 'f' || kind == 'u' || kind == 'i' ? LFAP_NPY_OK : LFAP_NPY_DTYPE;
}

/* Sets dtype, item size and order of bytes from three letters, order, kind, size. What is not said to have its high
   bytes first has not: '=' is the order of the machine that reads, and NumPy never writes it. */
/*@ requires reader: \valid(r);
  @ terminates \true;
  @ exits \false;
  @ assigns r->dtype, r->itemsize, r->big;
  @ ensures which: \result == LFAP_NPY_OK || \result == LFAP_NPY_DTYPE;
  @ ensures item: \result == LFAP_NPY_OK ==> npy_item(r->dtype, r->itemsize);
  @ ensures spelled: \result == LFAP_NPY_OK ==> item_of(order, kind, size, r->dtype, r->itemsize);
  @ ensures big: \result == LFAP_NPY_OK ==> (r->big == 1 <==> order == '>');
  @ ensures flag: r->big == \old(r->big) || 0 <= r->big <= 1;
  @ ensures refused: \result != LFAP_NPY_OK ==> \forall integer t, n; !item_of(order, kind, size, t, n); */
static lfap_npy_verdict set_dtype(reader *r, uint8_t order, uint8_t kind, uint8_t size) {
  if (order != '<' && order != '>' && order != '=' && order != '|') return LFAP_NPY_DTYPE;
  if (size != '1' && size != '2' && size != '4' && size != '8') return LFAP_NPY_DTYPE;
  r->big = order == '>' ? 1 : 0;
  r->itemsize = (size_t)(size - '0');
  if (size == '1') return set_byte(&r->dtype, kind);
  return set_wide(&r->dtype, kind, size);
}

/* Why a type that is none of the numbers is refused, by the letter of its kind. */
/*@ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures which: LFAP_NPY_DTYPE <= \result <= LFAP_NPY_RECORD;
  @ ensures object: \result == LFAP_NPY_OBJECT <==> kind == 'O'; */
static lfap_npy_verdict refusal(uint8_t kind) {
  if (kind == 'O') return LFAP_NPY_OBJECT;
  if (kind == 'c') return LFAP_NPY_COMPLEX;
  if (kind == 'S' || kind == 'U' || kind == 'a') return LFAP_NPY_TEXT;
  if (kind == 'M' || kind == 'm') return LFAP_NPY_TIME;
  return kind == 'V' ? LFAP_NPY_RECORD : LFAP_NPY_DTYPE;
}

/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end) && 0 <= r->big <= 1;
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at, r->from, r->n, r->dtype, r->itemsize, r->big;
  @ ensures verdict: parsed(\result);
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures inside: r->from + r->n <= end;
  @ ensures flag: 0 <= r->big <= 1;
  @ ensures item: \result == LFAP_NPY_OK ==> npy_item(r->dtype, r->itemsize);
  @ ensures record: symbol(b, \old(r->at), end, '[') ==> \result == LFAP_NPY_RECORD;
  @ ensures quoted: \result == LFAP_NPY_OK ==> quoted(b, \old(r->at), end);
  @ ensures place: \result == LFAP_NPY_OK ==> r->n == 3 && r->from == opening(b, \old(r->at), end) + 1;
  @ ensures spelled: \result == LFAP_NPY_OK ==> item_of(b[r->from], b[r->from + 1], b[r->from + 2], r->dtype, r->itemsize)
  @   && (r->big == 1 <==> b[r->from] == '>');
  @ ensures string: \result == LFAP_NPY_SYNTAX <==> !symbol(b, \old(r->at), end, '[') && !quoted(b, \old(r->at), end);
  @ ensures object: \result == LFAP_NPY_OBJECT
  @   ==> (r->n > 0 && b[r->from] == 'O') || (r->n > 1 && b[r->from + 1] == 'O');
  @ ensures last: \result == LFAP_NPY_OK ==> \old(r->at) < r->at && mark(b[r->at - 1]); */
static lfap_npy_verdict read_descr(reader *r, const uint8_t *b, size_t end) {
  if (take(r, b, end, '[') == 1) return LFAP_NPY_RECORD;
  /*@ assert place: skipped(b, r->at, end) == skipped(b, \at(r->at,Pre), end); */
  /*@ assert string: quoted(b, r->at, end) <==> quoted(b, \at(r->at,Pre), end); */
  if (take_quoted(r, b, end) == 0) return LFAP_NPY_SYNTAX;
  size_t n = r->n;
  const uint8_t *s = b + r->from;
  /*@ assert from: r->from == opening(b, \at(r->at,Pre), end) + 1 && quoted(b, \at(r->at,Pre), end); */
  if (n == 0) return LFAP_NPY_DTYPE;
  if (n == 1 || s[0] == 'O') return refusal(s[0]);
  if (n == 4 && s[1] == 'f' && s[2] == '1') return LFAP_NPY_LONG; /* f10, f12, f16 */
  if (n != 3) return refusal(s[1]);
  lfap_npy_verdict v = set_dtype(r, s[0], s[1], s[2]);
  /*@ assert kept: r->n == 3 && r->from == opening(b, \at(r->at,Pre), end) + 1; */
  /*@ assert letters: v == LFAP_NPY_OK ==> item_of(b[r->from], b[r->from + 1], b[r->from + 2], r->dtype, r->itemsize); */
  return v == LFAP_NPY_OK ? LFAP_NPY_OK : refusal(s[1]);
}

/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at, r->fortran;
  @ ensures which: \result == LFAP_NPY_OK || \result == LFAP_NPY_SYNTAX;
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures flag: 0 <= r->fortran <= 1;
  @ ensures rows: \result == LFAP_NPY_OK && r->fortran == 0 ==> false_at(b, skipped(b, \old(r->at), end), end)
  @   && r->at == skipped(b, \old(r->at), end) + 5;
  @ ensures columns: \result == LFAP_NPY_OK && r->fortran == 1 ==> true_at(b, skipped(b, \old(r->at), end), end)
  @   && r->at == skipped(b, \old(r->at), end) + 4;
  @ ensures last: \result == LFAP_NPY_OK ==> \old(r->at) < r->at;
  @ ensures letter: \result == LFAP_NPY_OK ==> b[r->at - 1] == 'e'; */
static lfap_npy_verdict read_order(reader *r, const uint8_t *b, size_t end) {
  const uint8_t word_true[4] = {'T', 'r', 'u', 'e'}, word_false[5] = {'F', 'a', 'l', 's', 'e'};
  r->fortran = 0;
  if (take_word(r, b, end, word_false, 5) == 1) {
    /*@ assert last: b[r->at - 1] == 'e'; */
    return LFAP_NPY_OK;
  }
  /*@ assert place: r->at == skipped(b, \at(r->at,Pre), end) && skipped(b, r->at, end) == r->at; */
  r->fortran = 1;
  if (take_word(r, b, end, word_true, 4) == 0) return LFAP_NPY_SYNTAX;
  /*@ assert last: b[r->at - 1] == 'e'; */
  return LFAP_NPY_OK;
}

/* Puts the number just read behind the others of the tuple. */
/*@ requires reader: \valid(r) && 0 <= r->ndim < LFAP_NPY_DIMS;
  @ terminates \true;
  @ exits \false;
  @ assigns r->ndim, r->d0, r->d1, r->d2, r->d3;
  @ ensures count: r->ndim == \old(r->ndim) + 1;
  @ ensures first: r->d0 == (\old(r->ndim) == 0 ? r->number : \old(r->d0));
  @ ensures second: r->d1 == (\old(r->ndim) == 1 ? r->number : \old(r->d1));
  @ ensures third: r->d2 == (\old(r->ndim) == 2 ? r->number : \old(r->d2));
  @ ensures fourth: r->d3 == (\old(r->ndim) == 3 ? r->number : \old(r->d3)); */
static void append(reader *r) {
  if (r->ndim == 0) r->d0 = r->number;
  else if (r->ndim == 1) r->d1 = r->number;
  else if (r->ndim == 2) r->d2 = r->number;
  else r->d3 = r->number;
  r->ndim++;
}

/* A tuple of up to LFAP_NPY_DIMS numbers; (3) without a comma is no tuple in Python. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at, r->number, r->ndim, r->d0, r->d1, r->d2, r->d3;
  @ ensures verdict: parsed(\result);
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures shape: \result == LFAP_NPY_OK ==> some_shape(r);
  @ ensures progress: \result == LFAP_NPY_OK ==> \old(r->at) < r->at;
  @ ensures empty: symbol(b, \old(r->at), end, '(') && symbol(b, skipped(b, \old(r->at), end) + 1, end, ')')
  @   ==> \result == LFAP_NPY_SCALAR;
  @ ensures opened: \result == LFAP_NPY_OK ==> symbol(b, \old(r->at), end, '(');
  @ ensures one: \result == LFAP_NPY_OK && r->ndim == 1
  @   ==> symbol(b, number_end(b, skipped(b, \old(r->at), end) + 1, end), end, ',');
  @ ensures numbers: \result == LFAP_NPY_OK
  @   ==> spelled(b, skipped(b, \old(r->at), end) + 1, end, r); */
static lfap_npy_verdict read_shape(reader *r, const uint8_t *b, size_t end) {
  if (take(r, b, end, '(') == 0) return LFAP_NPY_SYNTAX;
  /*@ ghost size_t start = r->at; */
  /*@ assert opened: \at(r->at,Pre) < start; */
  if (take(r, b, end, ')') == 1) return LFAP_NPY_SCALAR;
  int open = 1;
  r->ndim = 0;
  r->d0 = r->d1 = r->d2 = r->d3 = 1;
  /*@ loop invariant inside: in_header(r, end) && start <= r->at;
    @ loop invariant open: open == 0 || open == 1;
    @ loop invariant count: 0 <= r->ndim <= LFAP_NPY_DIMS;
    @ loop invariant some: r->ndim == 0 ==> open == 1 && !symbol(b, start, end, ')') && skipped(b, r->at, end) == skipped(b, start, end);
    @ loop invariant rest: unused_ok(r);
    @ loop invariant place: open == 1 && r->ndim > 0 ==> r->at == nth(b, start, end, r->ndim);
    @ loop invariant one: r->ndim == 1 ==> symbol(b, number_end(b, start, end), end, ',');
    @ loop invariant closed: open == 0 ==> r->ndim > 1 && b[r->at - 1] == ')';
    @ loop invariant numbers: spelled(b, start, end, r);
    @ loop assigns r->at, r->number, r->ndim, r->d0, r->d1, r->d2, r->d3, open;
    @ loop variant end - r->at + open; */
  while (open == 1 && take(r, b, end, ')') == 0) {
    if (r->ndim == LFAP_NPY_DIMS) return LFAP_NPY_SHAPE;
    lfap_npy_verdict v = take_number(r, b, end);
    if (v != LFAP_NPY_OK) return v;
    /*@ assert number: number(b, nth(b, start, end, r->ndim), end, r->number); */
    /*@ assert behind: r->at == number_end(b, nth(b, start, end, r->ndim), end); */
    append(r);
    /*@ assert next: nth(b, start, end, r->ndim) == skipped(b, r->at, end) + 1; */
    if (take(r, b, end, ',') == 0) {
      if (r->ndim == 1 || take(r, b, end, ')') == 0) return LFAP_NPY_SYNTAX;
      open = 0;
    }
  }
  return LFAP_NPY_OK;
}

/* Which key do the n bytes at b+from spell? */
enum { KEY_NONE, KEY_DESCR, KEY_ORDER, KEY_SHAPE };
/*@ requires buffer: \valid_read(b + (from .. from + n - 1));
  @ requires whole: from + n <= 0xffffffffffffffff;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures result: KEY_NONE <= \result <= KEY_SHAPE;
  @ ensures descr: \result == KEY_DESCR ==> is_descr(b, from, n);
  @ ensures order: \result == KEY_ORDER ==> is_order(b, from, n);
  @ ensures shape: \result == KEY_SHAPE ==> is_shape(b, from, n); */
static int key_at(const uint8_t *b, size_t from, size_t n) {
  const uint8_t descr[5] = {'d', 'e', 's', 'c', 'r'}, shape[5] = {'s', 'h', 'a', 'p', 'e'};
  const uint8_t order[13] = {'f', 'o', 'r', 't', 'r', 'a', 'n', '_', 'o', 'r', 'd', 'e', 'r'};
  if (spells(b, from, n, descr, 5) == 1) {
    /*@ assert descr: is_descr(b, from, n); */
    return KEY_DESCR;
  }
  if (spells(b, from, n, order, 13) == 1) {
    /*@ assert order: is_order(b, from, n); */
    return KEY_ORDER;
  }
  if (spells(b, from, n, shape, 5) == 1) {
    /*@ assert shape: is_shape(b, from, n); */
    return KEY_SHAPE;
  }
  return KEY_NONE;
}

/* The value of the key just read, which must be one of the three and new. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end) && good(r);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *r;
  @ ensures verdict: parsed(\result);
  @ ensures pos: \old(r->at) <= r->at;
  @ ensures inside: in_header(r, end);
  @ ensures good: \result == LFAP_NPY_OK ==> good(r);
  @ ensures key: \result == LFAP_NPY_OK ==> gave{Pre,Post}(r, b, \old(r->from), \old(r->n));
  @ ensures moved: \result == LFAP_NPY_OK ==> \old(r->at) < r->at; */
static lfap_npy_verdict read_value(reader *r, const uint8_t *b, size_t end) {
  int key = key_at(b, r->from, r->n);
  if (key == KEY_DESCR && r->has_descr == 0) {
    lfap_npy_verdict v = read_descr(r, b, end);
    if (v == LFAP_NPY_OK) r->has_descr = 1;
    /*@ assert moved: v == LFAP_NPY_OK ==> \at(r->at,Pre) < r->at; */
    return v;
  }
  if (key == KEY_ORDER && r->has_order == 0) {
    r->has_order = 1;
    lfap_npy_verdict v = read_order(r, b, end);
    /*@ assert moved: v == LFAP_NPY_OK ==> \at(r->at,Pre) < r->at; */
    return v;
  }
  if (key == KEY_SHAPE && r->has_shape == 0) {
    lfap_npy_verdict v = read_shape(r, b, end);
    if (v == LFAP_NPY_OK) r->has_shape = 1;
    /*@ assert moved: v == LFAP_NPY_OK ==> \at(r->at,Pre) < r->at; */
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
  @ ensures verdict: parsed(\result);
  @ ensures inside: in_header(r, end);
  @ ensures progress: \result == LFAP_NPY_OK ==> \old(r->at) < r->at;
  @ ensures good: \result == LFAP_NPY_OK ==> good(r);
  @ ensures key: \result == LFAP_NPY_OK ==> quoted(b, \old(r->at), end)
  @   && gave{Pre,Post}(r, b, opening(b, \old(r->at), end) + 1,
  @                     closing(b, opening(b, \old(r->at), end), end) - opening(b, \old(r->at), end) - 1);
  @ ensures colon: \result == LFAP_NPY_OK ==> symbol(b, closing(b, opening(b, \old(r->at), end), end) + 1, end, ':'); */
static lfap_npy_verdict read_entry(reader *r, const uint8_t *b, size_t end) {
  if (take_quoted(r, b, end) == 0) return LFAP_NPY_SYNTAX;
  if (take(r, b, end, ':') == 0) return LFAP_NPY_SYNTAX;
  return read_value(r, b, end);
}

/* What stands behind an entry: 1 for a comma, 0 for the closing brace, -1 for neither. */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end) && good(r);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at;
  @ ensures result: -1 <= \result <= 1;
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures good: good(r) && in_header(r, end);
  @ ensures moved: \result >= 0 ==> r->at == skipped(b, \old(r->at), end) + 1;
  @ ensures comma: \result == 1 ==> symbol(b, \old(r->at), end, ',');
  @ ensures brace: \result == 0 ==> symbol(b, \old(r->at), end, '}'); */
static int take_comma(reader *r, const uint8_t *b, size_t end) {
  if (take(r, b, end, ',') == 1) return 1;
  return take(r, b, end, '}') == 1 ? 0 : -1;
}

/* Is the dictionary at its end, either closed already or by the brace that stands here? */
/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end) && good(r);
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns r->at;
  @ ensures result: \result == 0 || \result == 1;
  @ ensures pos: \old(r->at) <= r->at <= end;
  @ ensures good: good(r) && in_header(r, end);
  @ ensures before: open == 0 ==> \result == 1 && r->at == \old(r->at);
  @ ensures here: open != 0 && \result == 1 ==> symbol(b, \old(r->at), end, '}');
  @ ensures moved: open != 0 ==> r->at == skipped(b, \old(r->at), end) + \result; */
static int dict_ends(reader *r, const uint8_t *b, size_t end, int open) { return open == 0 ? 1 : take(r, b, end, '}'); }

/*@ requires buffer: \valid_read(b + (0 .. end - 1));
  @ requires reader: \valid(r) && in_header(r, end) && good(r);
  @ requires fresh: r->has_descr == 0 && r->has_order == 0 && r->has_shape == 0;
  @ requires sep: \separated(r, b + (0 .. end - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *r;
  @ ensures verdict: parsed(\result);
  @ ensures opened: \result == LFAP_NPY_OK ==> symbol(b, \old(r->at), end, '{');
  @ ensures ended: \result == LFAP_NPY_OK ==> \exists integer e; 0 < e <= end && ended(b, e, end);
  @ ensures whole: \result == LFAP_NPY_OK ==> r->has_descr == 1 && r->has_order == 1 && r->has_shape == 1;
  @ ensures good: \result == LFAP_NPY_OK ==> good(r); */
static lfap_npy_verdict read_dict(reader *r, const uint8_t *b, size_t end) {
  if (take(r, b, end, '{') == 0) return LFAP_NPY_SYNTAX;
  int open = 1;
  /*@ ghost size_t last = 0; */ /* the end of the last entry */
  /*@ loop invariant inside: in_header(r, end);
    @ loop invariant good: good(r);
    @ loop invariant open: open == 0 || open == 1;
    @ loop invariant none: last == 0 ==> open == 1 && r->has_descr == 0;
    @ loop invariant last: last > 0 ==> last <= end;
    @ loop invariant comma: last > 0 && open == 1 ==> symbol(b, last, end, ',') && r->at == skipped(b, last, end) + 1;
    @ loop invariant brace: last > 0 && open == 0 ==> symbol(b, last, end, '}') && r->at == skipped(b, last, end) + 1;
    @ loop assigns *r, open, last;
    @ loop variant end - r->at + open; */
  while (dict_ends(r, b, end, open) == 0) {
    lfap_npy_verdict v = read_entry(r, b, end);
    if (v != LFAP_NPY_OK) return v;
    /*@ ghost last = r->at; */
    /*@ assert good: good(r); */
    open = take_comma(r, b, end);
    if (open < 0) return LFAP_NPY_SYNTAX;
  }
  skip_space(r, b, end);
  /*@ assert descr: descr_ok(r); */
  /*@ assert shape: shape_ok(r); */
  /*@ assert flags: flags_ok(r); */
  if (r->at != end) return LFAP_NPY_SYNTAX;
  return r->has_descr == 1 && r->has_order == 1 && r->has_shape == 1 ? LFAP_NPY_OK : LFAP_NPY_SYNTAX;
}

/* Magic, version, length of the header: *from and *end enclose the dictionary. */
/*@ predicate magic{L}(uint8_t *b, integer len) =
  @   len >= 6 && b[0] == 0x93 && b[1] == 'N' && b[2] == 'U' && b[3] == 'M' && b[4] == 'P' && b[5] == 'Y';
  @ predicate known{L}(uint8_t *b) = 1 <= b[6] <= 3 && b[7] == 0;
  @ logic integer starts{L}(uint8_t *b) = b[6] == 1 ? 10 : 12;
  @ logic integer length{L}(uint8_t *b) = b[8] + 256*b[9] + (b[6] == 1 ? 0 : 65536*b[10] + 16777216*b[11]); */
/*@ requires buffer: \valid_read(b + (0 .. len - 1));
  @ requires prefix: len <= total;
  @ requires outs: \valid(from) && \valid(end);
  @ requires sep: \separated(from, end, b + (0 .. len - 1));
  @ terminates \true;
  @ exits \false;
  @ assigns *from, *end;
  @ ensures verdict: is_npy_verdict(\result);
  @ ensures inside: \result == LFAP_NPY_OK ==> 10 <= *from <= *end <= len;
  @ ensures magic: \result == LFAP_NPY_MAGIC <==> !magic(b, len);
  @ ensures version: \result == LFAP_NPY_VERSION <==> magic(b, len) && len >= 10 && !known(b);
  @ ensures place: \result == LFAP_NPY_OK ==> *from == starts(b) && *end == starts(b) + length(b);
  @ ensures fits: \result == LFAP_NPY_OK <==> magic(b, len) && len >= 10 && known(b) && len >= starts(b)
  @   && len >= starts(b) + length(b);
  @ ensures beyond: \result == LFAP_NPY_MORE <==> magic(b, len) && len >= 10 && known(b) && len >= starts(b)
  @   && len < starts(b) + length(b) <= total; */
static lfap_npy_verdict read_preamble(size_t *from, size_t *end, const uint8_t *b, size_t len, size_t total) {
  if (len < 6 || b[0] != 0x93 || b[1] != 'N' || b[2] != 'U' || b[3] != 'M' || b[4] != 'P' || b[5] != 'Y')
    return LFAP_NPY_MAGIC;
  if (len < 10) return LFAP_NPY_TRUNCATED;
  if (b[6] < 1 || b[6] > 3 || b[7] != 0) return LFAP_NPY_VERSION;
  size_t n = (size_t)b[8] + 256u * (size_t)b[9], at = 10;
  if (b[6] != 1) {
    if (len < 12) return LFAP_NPY_TRUNCATED;
    n += 65536u * ((size_t)b[10] + 256u * (size_t)b[11]);
    at = 12;
  }
  if (total - at < n) return LFAP_NPY_TRUNCATED;
  if (len - at < n) return LFAP_NPY_MORE;
  *from = at;
  *end = at + n;
  return LFAP_NPY_OK;
}

/* Do rows x cols items of that size fit into what follows the header, and their doubles into an address space? */
/*@ requires size: itemsize == 1 || itemsize == 2 || itemsize == 4 || itemsize == 8;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures verdict: parsed(\result);
  @ ensures entries: \result == LFAP_NPY_OK ==> rows > 0 && cols > 0;
  @ ensures fits: \result == LFAP_NPY_OK ==> rows * cols * itemsize <= room;
  @ ensures addressable: \result == LFAP_NPY_OK ==> rows * cols <= 0x1fffffffffffffff;
  @ ensures empty: \result == LFAP_NPY_EMPTY <==> rows == 0 || cols == 0;
  @ ensures huge: \result == LFAP_NPY_HUGE <==> rows * cols > 0x1fffffffffffffff;
  @ ensures truncated: \result == LFAP_NPY_TRUNCATED ==> rows * cols * itemsize > room; */
static lfap_npy_verdict check_size(size_t rows, size_t cols, size_t itemsize, size_t room) {
  if (rows == 0 || cols == 0) return LFAP_NPY_EMPTY;
  size_t most = SIZE_MAX / 8u / cols;
  if (rows > most) {
    /*@ assert more: rows * cols >= (most + 1) * cols; */
    /*@ assert huge: rows * cols > 0x1fffffffffffffff; */
    return LFAP_NPY_HUGE;
  }
  /*@ assert rows * cols <= most * cols; */
  /*@ assert rows * cols <= 0x1fffffffffffffff; */
  size_t items = room / itemsize;
  if (rows * cols > items) {
    /*@ assert beyond: rows * cols * itemsize >= (items + 1) * itemsize; */
    return LFAP_NPY_TRUNCATED;
  }
  /*@ assert rows * cols * itemsize <= items * itemsize; */
  return LFAP_NPY_OK;
}

/* a*b, or one more than can be addressed where that is larger. */
/*@ requires positive: a > 0 && b > 0;
  @ terminates \true;
  @ exits \false;
  @ assigns \nothing;
  @ ensures positive: \result > 0;
  @ ensures product: a * b <= 0x1fffffffffffffff ==> \result == a * b;
  @ ensures more: a * b > 0x1fffffffffffffff ==> \result == 0x2000000000000000; */
static size_t extent_of(size_t a, size_t b) {
  size_t most = SIZE_MAX / 8u;
  if (a > most / b) {
    /*@ assert more: a * b >= (most / b + 1) * b; */
    /*@ assert huge: a * b > most; */
    return most + 1;
  }
  /*@ assert less: a * b <= (most / b) * b; */
  return a * b;
}

/* The result from a complete dictionary that ends at `end`. */
/*@ requires outs: \valid(out) && \valid_read(r);
  @ requires sep: \separated(out, r);
  @ requires whole: end <= total;
  @ requires good: npy_item(r->dtype, r->itemsize) && some_shape(r) && 0 <= r->big <= 1 && 0 <= r->fortran <= 1;
  @ terminates \true;
  @ exits \false;
  @ assigns *out;
  @ ensures verdict: parsed(\result);
  @ ensures offset: \result == LFAP_NPY_OK ==> out->offset == end;
  @ ensures item: \result == LFAP_NPY_OK ==> npy_item(out->dtype, out->itemsize);
  @ ensures flags: \result == LFAP_NPY_OK ==> 0 <= out->big <= 1 && 0 <= out->fortran <= 1;
  @ ensures fits: \result == LFAP_NPY_OK ==> out->rows * out->cols * out->itemsize <= total - end;
  @ ensures addressable: \result == LFAP_NPY_OK ==> out->rows * out->cols <= 0x1fffffffffffffff;
  @ ensures entries: \result == LFAP_NPY_OK ==> out->rows > 0 && out->cols > 0;
  @ ensures shape: \result == LFAP_NPY_OK ==> npy_shape(&out->dim[0], out->ndim);
  @ ensures product: \result == LFAP_NPY_OK
  @   ==> out->rows == out->dim[0] && out->cols == out->dim[1] * out->dim[2] * out->dim[3];
  @ ensures copied: \result == LFAP_NPY_OK ==> out->dtype == r->dtype && out->itemsize == r->itemsize && out->big == r->big
  @   && out->fortran == r->fortran && out->ndim == r->ndim && out->dim[0] == r->d0 && out->dim[1] == r->d1
  @   && out->dim[2] == r->d2 && out->dim[3] == r->d3;
  @ ensures untouched: \result != LFAP_NPY_OK ==> *out == \old(*out); */
static lfap_npy_verdict set_info(lfap_npy_info *out, const reader *r, size_t end, size_t total) {
  size_t rows = r->d0, d1 = r->d1, d2 = r->d2, d3 = r->d3;
  if (rows == 0 || d1 == 0 || d2 == 0 || d3 == 0) return LFAP_NPY_EMPTY;
  size_t plane = extent_of(d1, d2), cols = extent_of(plane, d3);
  /*@ assert plane: plane <= 0x1fffffffffffffff ==> plane == d1 * d2; */
  /*@ assert saturated: plane > 0x1fffffffffffffff ==> plane * d3 > 0x1fffffffffffffff; */
  /*@ assert columns: cols <= 0x1fffffffffffffff ==> cols == d1 * d2 * d3; */
  lfap_npy_verdict v = check_size(rows, cols, r->itemsize, total - end);
  if (v != LFAP_NPY_OK) return v;
  /*@ assert small: cols <= rows * cols; */
  out->dtype = r->dtype;
  out->big = r->big;
  out->fortran = r->fortran;
  out->itemsize = r->itemsize;
  out->ndim = r->ndim;
  out->dim[0] = rows;
  out->dim[1] = d1;
  out->dim[2] = d2;
  out->dim[3] = d3;
  out->rows = rows;
  out->cols = cols;
  out->offset = end;
  return LFAP_NPY_OK;
}

lfap_npy_verdict lfap_npy_header(lfap_npy_info *out, const uint8_t *b, size_t len, size_t total) {
  reader r = {0, 0, 0, 0, 0, 0, 0, LFAP_F8, 0, 0, 8, 1, 1, 1, 1, 1};
  size_t end = 0;
  lfap_npy_verdict v = read_preamble(&r.at, &end, b, len, total);
  if (v != LFAP_NPY_OK) return v;
  v = read_dict(&r, b, end);
  if (v != LFAP_NPY_OK) return v;
  return set_info(out, &r, end, total);
}
