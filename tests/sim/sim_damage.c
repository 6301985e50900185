/* SPDX-License-Identifier: Apache-2.0
 *
 * sim_damage [--all]: a small database after a clean end, each of its bytes flipped, and cut at
 * each length. Opened again it is refused and left as it is, or all that it shows is right, and
 * what is missing is counted; and it takes pushes. Of long rows of zeros, which hold nothing, some
 * bytes are left out unless --all is given; so are most lengths. */
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "plain.h"
#include "store/keeper.h"
#include "store/ledger_sqlite.h"
#include "unit/store/rows.h"

enum { PAGE = 4096, FILE_BYTES_MAX = 1 << 20 };

struct sample {
	struct plain plain;
	char folder[64], path[96];
	char *bytes; /* of the intact file */
	size_t n;
	bool all;
};

static struct {
	unsigned n, refused, told, unharmed;
} verdicts;

static _Noreturn void fail_at(const char *how, size_t at, const char *what)
{
	printf("%s %zu: %s\n", how, at, what);
	if (getenv("KEEP"))
		(void)!system(getenv("KEEP"));
	(void)fflush(stdout);
	abort();
}

/* ---- files ---- */

static void clear(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	assert(dir != NULL);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			assert(unlinkat(dirfd(dir), entry->d_name, 0) == 0);
	(void)closedir(dir);
}

static void write_file(const char *path, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
	(void)close(fd);
}

static bool file_is(const char *path, const char *bytes, size_t n)
{
	static char found[FILE_BYTES_MAX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n_found = fd < 0 ? -1 : read(fd, found, sizeof(found));

	(void)close(fd);
	return n_found == (ssize_t)n && memcmp(found, bytes, n) == 0;
}

/* ---- keepers ---- */

static struct keeper *open_keeper(const struct sample *s)
{
	const struct ledger_sqlite_options on = {.path = s->path, .no_checkpoints = true};
	struct keeper_options options = {.limits = rows_limits};
	struct keeper *k = NULL;
	struct arena arena;
	struct err err;

	arena_init(&arena, 1 << 20);
	err = err_in(&arena);
	if (ledger_sqlite_open(&on, &options.ledger, &err) == ERR_NONE) {
		k = keeper_new(&options);
		assert(k != NULL);
		if (keeper_load(k, &err) != ERR_NONE)
			k = keeper_free(k);
	}
	assert(k != NULL || err.msg.len > 0);
	arena_free(&arena);
	return k;
}

static enum err_code apply(struct keeper *k, const struct plain_change *c)
{
	struct change *made = plain_make(c);
	enum err_code verdict;

	keeper_apply(k, made);
	verdict = made->verdict;
	change_free(made);
	return verdict;
}

static struct plain_change make_change(int group, int value)
{
	struct plain_change c = {
		.kind = CHANGE_REPLACE, .group = group, .time_ns = 1700000000000000000 + value};

	for (int i = 0; i < PLAIN_NAMES; i++)
		if (i != PLAIN_LARGE || group == 1)
			c.families[i] = (struct plain_family){
				.is_there = true,
				.type = i == PLAIN_HISTOGRAM ? METRIC_HISTOGRAM : METRIC_GAUGE,
				.help = (uint8_t)(i % 4),
				.n = i == PLAIN_LARGE ? PLAIN_SERIES_MAX : 2,
				.value = value,
				.pushed_ns = c.time_ns};
	return c;
}

static void make_sample(struct sample *s)
{
	struct keeper *k = open_keeper(s);
	FILE *file;

	assert(k != NULL);
	for (int i = 0; i < PLAIN_GROUPS; i++) {
		struct plain_change c = make_change(i, 1000 * i);

		assert(apply(k, &c) == ERR_NONE);
		plain_apply(&s->plain, &c);
	}
	/* Some pages that are free again. */
	for (int i = 0; i < 2; i++) {
		struct plain_change c = make_change(1, 77);

		c.families[PLAIN_LARGE].is_there = i == 0;
		assert(apply(k, &c) == ERR_NONE);
		plain_apply(&s->plain, &c);
	}
	for (int i = 2; i < 4; i++) {
		struct plain_change c = make_change(1, 99);

		c.group = i;
		assert(apply(k, &c) == ERR_NONE);
		plain_apply(&s->plain, &c);
	}
	(void)keeper_free(k);
	file = fopen(s->path, "re");
	s->bytes = malloc(FILE_BYTES_MAX);
	assert(file != NULL && s->bytes != NULL);
	s->n = fread(s->bytes, 1, FILE_BYTES_MAX, file);
	(void)fclose(file);
	clear(s->folder);
}

/* ---- judging ---- */

/* What was found once is found again, and what was pushed since. */
static void judge_again(const struct sample *s, const struct plain *now, unsigned n_missing,
			const char *how, size_t at)
{
	struct keeper *k = open_keeper(s);
	unsigned n_missing_now;
	const char *what;

	if (k == NULL)
		fail_at(how, at, "it was opened once and is refused now");
	if (!plain_is_part_of(now, keeper_store(k), &n_missing_now, &what))
		fail_at(how, at, what);
	if (n_missing_now > n_missing)
		fail_at(how, at, "more is missing at the second start");
	(void)keeper_free(k);
}

static void judge(const struct sample *s, const char *bytes, size_t n, bool may_refuse,
		  const char *how, size_t at)
{
	struct plain_change push = make_change(0, 5);
	struct plain now = s->plain;
	struct keeper *k;
	unsigned n_missing;
	const char *what;

	write_file(s->path, bytes, n);
	k = open_keeper(s);
	verdicts.n++;
	if (k == NULL) {
		verdicts.refused++;
		if (!may_refuse)
			fail_at(how, at, "it is refused for damage behind the first page");
		if (!file_is(s->path, bytes, n))
			fail_at(how, at, "it is refused, but not left as it is");
		clear(s->folder);
		return;
	}
	if (!plain_is_part_of(&s->plain, keeper_store(k), &n_missing, &what))
		fail_at(how, at, what);
	if (n_missing > 0 && keeper_ledger_view(k)->n_corrupt == 0)
		fail_at(how, at, "something is missing and not counted");
	verdicts.told += keeper_ledger_view(k)->n_corrupt > 0;
	verdicts.unharmed += keeper_ledger_view(k)->n_corrupt == 0;
	/* The first one may be what meets the damage; then all is written anew. */
	if (apply(k, &push) != ERR_NONE && apply(k, &push) != ERR_NONE)
		fail_at(how, at, "it takes no pushes");
	plain_apply(&now, &push);
	(void)keeper_free(k);
	judge_again(s, &now, n_missing, how, at);
	clear(s->folder);
}

/* ---- damage ---- */

static bool is_dull(const struct sample *s, size_t at)
{
	enum { AROUND = 8 };
	size_t from = at < AROUND ? 0 : at - AROUND,
	       until = at + AROUND < s->n ? at + AROUND : s->n;

	for (size_t i = from; i < until; i++)
		if (s->bytes[i] != s->bytes[from])
			return false;
	return !s->all && at % 61 != 0;
}

static void flip_each_byte(const struct sample *s)
{
	static const unsigned char masks[] = {0x01, 0x80, 0xff};

	for (size_t at = 0; at < s->n; at++) {
		if (is_dull(s, at))
			continue;
		for (size_t i = 0; i < (s->all ? sizeof(masks) : 1); i++) {
			unsigned char mask = s->all ? masks[i] : masks[at % sizeof(masks)];

			s->bytes[at] = (char)((unsigned char)s->bytes[at] ^ mask);
			judge(s, s->bytes, s->n, at < PAGE, "byte", at);
			s->bytes[at] = (char)((unsigned char)s->bytes[at] ^ mask);
		}
	}
}

static void cut_at_each_length(const struct sample *s)
{
	/* None at all is a new database, and cannot be told from one. */
	for (size_t n = 1; n < s->n; n += s->all ? 1 : n % PAGE < 2 || n < 110 ? 1 : 197)
		judge(s, s->bytes, n, true, "length", n);
}

/* ---- a file that is written anew ---- */

static void write_beside(const struct sample *s, const char *suffix, const char *bytes, size_t n)
{
	char name[128];

	(void)snprintf(name, sizeof(name), "%s%s", s->path, suffix);
	write_file(name, bytes, n);
}

/* Writing a file anew may end at any moment: what is complete takes the other's place, what is not
 * is left out. */
static void a_file_written_anew_may_be_cut(const struct sample *s)
{
	static const char garbage[] = "garbage";
	unsigned n_missing;
	const char *what;

	for (size_t step = 0; step < 4; step++) {
		struct keeper *k;

		/* The new one is not complete; it is; the log of the old one is away; so is all. */
		write_beside(s, step == 0 ? ".anew" : ".ready", s->bytes,
			     step == 0 ? s->n / 2 : s->n);
		if (step > 0 && step < 3)
			write_beside(s, "", garbage, sizeof(garbage));
		if (step == 0)
			write_beside(s, "", s->bytes, s->n);
		if (step == 1)
			write_beside(s, "-wal", garbage, sizeof(garbage));
		k = open_keeper(s);
		if (k == NULL || keeper_ledger_view(k)->n_corrupt != 0 ||
		    !plain_is_part_of(&s->plain, keeper_store(k), &n_missing, &what) ||
		    n_missing > 0)
			fail_at("step", step, "a file that was written anew is not found");
		(void)keeper_free(k);
		clear(s->folder);
	}
}

int main(int argc, char **argv)
{
	struct sample s = {.all = argc == 2 && strcmp(argv[1], "--all") == 0};

	(void)snprintf(s.folder, sizeof(s.folder), "%s/sim_damage.XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert(mkdtemp(s.folder) != NULL);
	(void)snprintf(s.path, sizeof(s.path), "%s/db", s.folder);
	make_sample(&s);
	flip_each_byte(&s);
	cut_at_each_length(&s);
	a_file_written_anew_may_be_cut(&s);
	printf("%zu bytes, %u damages: %u refused, %u told of, %u without harm\n", s.n, verdicts.n,
	       verdicts.refused, verdicts.told, verdicts.unharmed);
	assert(verdicts.refused > 0 && verdicts.told > 0 && verdicts.unharmed > 0);
	free(s.bytes);
	assert(rmdir(s.folder) == 0);
	return 0;
}
