/* manual.c - manual pages and shell completions from the tables the command line itself is made of, so that neither can
 * say what `--help` does not.
 *
 *   manual page [VERB]      lfap(1), or lfap-VERB(1), as roff
 *   manual verbs            the verbs, a line each
 *   manual bash|zsh|fish    a completion
 */
#include <stdio.h>
#include <string.h>

#include "cli/verbs.h"

/* ---- roff -------------------------------------------------------------------------------------------------------- */

/* Text as it is: roff's own characters are disarmed, a dash stays one that can be copied. */
static void roff(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    int starts = i == 0 || text[i - 1] == '\n';
    if (starts && (text[i] == '.' || text[i] == '\'')) fputs("\\&", stdout);
    if (text[i] == '\\') fputs("\\e", stdout);
    else if (text[i] == '-') fputs("\\-", stdout);
    else putchar(text[i]);
  }
}

static void roff_text(const char *text) { roff(text, strlen(text)); }

/* Paragraphs, to be filled: an empty line begins another one. */
static void paragraphs(const char *text) {
  int listed = 0; /* the line before was one of a list */
  while (*text) {
    size_t len = strcspn(text, "\n");
    size_t indent = strspn(text, " "), key = indent;
    while (key < len && strncmp(text + key, "  ", 2) != 0) key++;
    if (listed && len && !indent) fputs(".PP\n", stdout);
    listed = indent && key < len;
    if (len == 0) fputs(".PP", stdout);
    else if (indent && key < len) { /* a line of a list: its words, and what they mean */ fputs(".TP\n", stdout);
      roff(text + indent, key - indent);
      putchar('\n');
      key += strspn(text + key, " ");
      roff(text + key, len - key);
    } else roff(text, len);
    putchar('\n');
    text += len + (text[len] == '\n');
  }
}

static void as_it_is(const char *text) {
  fputs(".nf\n", stdout);
  roff_text(text);
  fputs("\n.fi\n", stdout);
}

static void option_row(const cli_option *o) {
  printf(".TP\n\\fB\\-\\-");
  roff_text(o->name);
  printf("\\fR");
  if (o->arg) {
    printf(o->arg[0] == '[' ? "\\fI" : " \\fI");
    roff_text(o->arg);
    printf("\\fR");
  }
  putchar('\n');
  paragraphs(o->help);
}

static void title(const char *name, const char *brief) {
  printf(".TH %s 1 \"\" \"lfap %s\" \"User Commands\"\n.SH NAME\n%s \\- ", name, LFAP_VERSION, name);
  roff_text(brief);
  printf("\n.SH SYNOPSIS\n");
}

static void see_also(const cli_verb *but) {
  printf(".SH SEE ALSO\n");
  if (but) printf(".BR lfap (1),\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++)
    if (*v != but) printf(".BR lfap\\-%s (1),\n", (*v)->name);
  printf(".BR lfap (3),\n.BR lfap\\-formats (5)\n");
}

static void verb_page(const cli_verb *v) {
  char name[64];
  snprintf(name, sizeof name, "lfap-%s", v->name);
  title(name, v->brief);
  printf(".B lfap %s\n", v->name);
  roff_text(v->usage);
  printf("\n.SH DESCRIPTION\n");
  paragraphs(v->about);
  printf(".SH OPTIONS\n");
  for (const cli_option *o = v->options; o->name; o++) option_row(o);
  for (const cli_option *o = cli_common_of(v); o->name; o++) option_row(o);
  printf(".SH EXIT STATUS\n");
  paragraphs(cli_exit_codes);
  printf(".SH EXAMPLES\n");
  as_it_is(v->example);
  see_also(v);
}

static void main_page(void) {
  title("lfap", "learning from adversarial perturbations, checked");
  printf(".B lfap\n.I VERB\n[\\fIoptions\\fR]\n.SH DESCRIPTION\n");
  paragraphs(cli_about);
  printf(".PP\n");
  paragraphs(cli_data_sets);
  printf(".SH VERBS\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++) {
    printf(".TP\n.BR lfap\\-%s (1)\n", (*v)->name);
    paragraphs((*v)->brief);
    putchar('\n');
  }
  printf(".SH EXIT STATUS\n");
  paragraphs(cli_exit_codes);
  printf(".SH EXAMPLES\n");
  as_it_is(cli_examples);
  see_also(NULL);
}

/* ---- completions ------------------------------------------------------------------------------------------------- */

/* Text inside single quotes of a shell. */
static void quoted(const char *text, size_t len) {
  putchar('\'');
  for (size_t i = 0; i < len; i++)
    if (text[i] == '\'') fputs("'\\''", stdout);
    else putchar(text[i]);
  putchar('\'');
}

static void each_option(const cli_verb *v, void (*row)(const cli_verb *, const cli_option *)) {
  for (const cli_option *o = v->options; o->name; o++) row(v, o);
  for (const cli_option *o = cli_common_of(v); o->name; o++) row(v, o);
}

static void bash_word(const cli_verb *v, const cli_option *o) {
  (void)v;
  printf(" --%s", o->name);
}

static void bash(void) {
  printf("# bash completion of lfap; made from its table of options\n_lfap() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} words=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then words='");
  for (const cli_verb *const *v = cli_verbs; *v; v++) printf("%s ", (*v)->name);
  printf("help --help --version'\n  else\n    case ${COMP_WORDS[1]} in\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++) {
    printf("    %s) words='", (*v)->name);
    each_option(*v, bash_word);
    printf(" ' ;;\n");
  }
  printf("    esac\n  fi\n"
         "  case $word in -*) ;; *) [ \"$COMP_CWORD\" -gt 1 ] && words= ;; esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
         "complete -o default -o bashdefault -F _lfap lfap\n");
}

static void zsh_word(const cli_verb *v, const cli_option *o) {
  char row[512];
  (void)v;
  /* brackets and colons have a meaning inside a specification */
  size_t at = (size_t)snprintf(row, sizeof row, "--%s%s[", o->name, o->arg && o->arg[0] != '[' ? "=" : "");
  for (const char *t = o->help; *t && *t != '\n' && at < sizeof row - 40; t++) {
    if (strchr("[]:\\", *t)) row[at++] = '\\';
    row[at++] = *t;
  }
  row[at] = 0;
  at += (size_t)snprintf(row + at, sizeof row - at, "]%s%s%s", o->arg && o->arg[0] != '[' ? ":" : "",
                         o->arg && o->arg[0] != '[' ? o->arg : "", o->arg && o->arg[0] != '[' ? ":_files" : "");
  printf(" \\\n      ");
  quoted(row, at);
}

static void zsh(void) {
  printf("#compdef lfap\n# zsh completion of lfap; made from its table of options\n_lfap() {\n"
         "  local -a verbs\n  verbs=(\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++) {
    char row[256];
    size_t at = (size_t)snprintf(row, sizeof row, "%s:", (*v)->name);
    for (const char *t = (*v)->brief; *t && at < sizeof row - 2; t++) {
      if (*t == ':') row[at++] = '\\';
      row[at++] = *t;
    }
    printf("    ");
    quoted(row, at);
    printf("\n");
  }
  printf("  )\n  if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n"
         "  local verb=$words[2]\n  shift words; (( CURRENT-- ))\n  case $verb in\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++) {
    printf("    %s) _arguments -S", (*v)->name);
    each_option(*v, zsh_word);
    printf(" \\\n      '*:file:_files' ;;\n");
  }
  printf("  esac\n}\n_lfap \"$@\"\n");
}

static void fish_word(const cli_verb *v, const cli_option *o) {
  printf("complete -c lfap -n '__fish_seen_subcommand_from %s' -l %s%s -d ", v->name, o->name,
         o->arg && o->arg[0] != '[' ? " -r" : "");
  quoted(o->help, strcspn(o->help, "\n"));
  printf("\n");
}

static void fish(void) {
  printf("# fish completion of lfap; made from its table of options\n");
  for (const cli_verb *const *v = cli_verbs; *v; v++) {
    printf("complete -c lfap -n __fish_use_subcommand -a %s -d ", (*v)->name);
    quoted((*v)->brief, strlen((*v)->brief));
    printf("\n");
    each_option(*v, fish_word);
  }
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  const cli_verb *v = argc > 2 ? cli_verb_of(argv[2]) : NULL;
  if (strcmp(what, "page") == 0 && argc == 2) main_page();
  else if (strcmp(what, "page") == 0 && v) verb_page(v);
  else if (strcmp(what, "verbs") == 0)
    for (const cli_verb *const *i = cli_verbs; *i; i++) printf("%s\n", (*i)->name);
  else if (strcmp(what, "bash") == 0) bash();
  else if (strcmp(what, "zsh") == 0) zsh();
  else if (strcmp(what, "fish") == 0) fish();
  else {
    fprintf(stderr, "usage: manual page [VERB] | verbs | bash | zsh | fish\n");
    return LFAP_ERR_USAGE;
  }
  return fflush(stdout) == 0 && !ferror(stdout) ? 0 : LFAP_ERR_IO;
}
