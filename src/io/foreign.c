/* foreign.c - what a file is that is no NPY file. The line of Python is for a shell; a path that a shell
 * would change, or a very long one, stands there as FILE. */
#include "io/foreign.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/text.h"

typedef struct {
  const char *is;      /* a CSV file, ... */
  const char *imports; /* of the line */
  const char *array;   /* Python for the array, the path in place of %s */
  const char *also;    /* what else to know */
} format;

static const format csv = {"text, as CSV files are", "numpy", "numpy.loadtxt('%s', delimiter=',')",
                           " (skiprows=1 where its first line has names)"};
static const format blanks = {"text", "numpy", "numpy.loadtxt('%s')", " (skiprows=1 where its first line has names)"};
static const format torch = {"a file of torch.save", "numpy, torch", "torch.load('%s', map_location='cpu')",
                             " (of a state_dict, the entry: ['fc1.weight'])"};
static const format pickle = {"a pickle", "numpy", "numpy.load('%s', allow_pickle=True)",
                              ", if you trust it: a pickle runs code"};
static const format safetensors = {"a safetensors file", "numpy, safetensors.numpy as s", "s.load_file('%s')['NAME']",
                                   ""};
static const format mat5 = {"a MATLAB file", "numpy, scipy.io as s", "s.loadmat('%s')['NAME']", ""};
static const format hdf5 = {"an HDF5 file (MATLAB's from 7.3 on, too)", "numpy, h5py", "h5py.File('%s')['NAME'][()]",
                            " (.T of what MATLAB wrote)"};
static const format parquet = {"a Parquet file", "numpy, pandas", "pandas.read_parquet('%s').to_numpy()", ""};

static int begins(const uint8_t *b, size_t len, const char *with, size_t n) {
  return len >= n && memcmp(b, with, n) == 0;
}

static int is_named(const char *path, const char *ending) {
  size_t n = strlen(path), m = strlen(ending);
  return n > m && strcasecmp(path + n - m, ending) == 0;
}

/* Only what stands in a text (UTF-8); `commas`: one of them separates. Its first thousand bytes tell. */
static int is_text(const uint8_t *b, size_t len, int *commas) {
  *commas = 0;
  if (len > 1000) len = 1000;
  for (size_t i = 0; i < len; i++) {
    if (b[i] == ',') *commas = 1;
    if ((b[i] < 0x20 && (b[i] < '\t' || b[i] > '\r')) || b[i] == 0x7f) return 0;
    if (b[i] < 0x80) continue;
    char c[5] = ""; /* a character may be cut at the end */
    for (size_t k = 0; k < 4 && i + k < len; k++) c[k] = (char)b[i + k];
    size_t n = lfap_utf8_length(c);
    if (n == 0 && i + 4 <= len) return 0;
    if (n == 0) break;
    i += n - 1;
  }
  return len > 0;
}

/* Eight bytes of length, then a JSON object. */
static int is_safetensors(const uint8_t *b, size_t len) {
  return len > 9 && b[6] == 0 && b[7] == 0 && b[8] == '{' && b[9] == '"';
}

static const format *format_of(const char *path, const uint8_t *b, size_t len) {
  int commas;
  if (begins(b, len, "MATLAB 5.0", 10)) return &mat5;
  if (begins(b, len, "\x89HDF\r\n\x1a\n", 8)) return &hdf5;
  if (begins(b, len, "PAR1", 4)) return &parquet;
  if (is_safetensors(b, len) || is_named(path, ".safetensors")) return &safetensors;
  if (is_named(path, ".pt") || is_named(path, ".pth")) return &torch;
  if (len > 1 && b[0] == 0x80 && b[1] >= 2 && b[1] <= 5) return &pickle;
  if (is_named(path, ".pkl") || is_named(path, ".pickle")) return &pickle;
  if (is_named(path, ".mat")) return &mat5;
  if (is_text(b, len, &commas)) return commas || is_named(path, ".csv") ? &csv : &blanks;
  return NULL;
}

static lfap_status fail(lfap_ctx *ctx, const char *path, const format *f) {
  char array[400];
  int plain = strlen(path) < 300 && strpbrk(path, "'\"\\$`!\n") == NULL;
  snprintf(array, sizeof array, f->array, plain ? path : "FILE");
  return lfap_fail(ctx, LFAP_ERR_DATA,
                   "%s: is %s, not an NPY file; convert it: python3 -c \"import %s; numpy.save('X.npy', %s)\"%s", path,
                   f->is, f->imports, array, f->also);
}

lfap_status lfap_foreign_torch(lfap_ctx *ctx, const char *path) { return fail(ctx, path, &torch); }

lfap_status lfap_foreign(lfap_ctx *ctx, const char *path, const uint8_t *b, size_t len) {
  const format *f = format_of(path, b, len);
  if (f != NULL) return fail(ctx, path, f);
  char head[64] = "";
  for (size_t i = 0, n = 0; i < len && i < 12; i++) n += (size_t)snprintf(head + n, 4, " %02x", b[i]);
  return lfap_fail(ctx, LFAP_ERR_DATA, "%s: is not an NPY file%s%s; save it with numpy.save", path,
                   len > 0 ? ": it begins with the bytes" : ", it is empty", head);
}
