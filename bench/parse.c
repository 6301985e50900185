/* SPDX-License-Identifier: Apache-2.0 */
/* bench_parse FILE SECONDS -- parses one body of text over and over, as a worker does: into an
 * arena that is reset for each. Prints
 * bytes samples megabytes_per_second
 * where the last is of the fastest of the turns, of a tenth of SECONDS each, by the CPU time of this
 * thread. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "format/text_parse.h"

enum { TURNS = 10 };

static double cpu_seconds(void)
{
	struct timespec t;

	must_ok(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t));
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct slice read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	long len;
	char *text;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (len = ftell(file)) < 0) {
		perror(path);
		exit(1);
	}
	rewind(file);
	text = malloc((size_t)len);
	if (text == NULL || fread(text, 1, (size_t)len, file) != (size_t)len) {
		perror(path);
		exit(1);
	}
	(void)fclose(file);
	return (struct slice){text, (size_t)len};
}

/* The number of samples. */
static size_t parse(struct slice body, struct arena *arena)
{
	static const struct push_limits limits;
	struct family_list list;
	struct err err;
	size_t n = 0;

	if (text_parse(body, NAME_LEGACY, &limits, arena, &list, &err) != ERR_NONE) {
		(void)fprintf(stderr, "bench_parse: %.*s\n", SLICE_ARG(err.msg));
		exit(1);
	}
	for (const struct family *f = list.first; f != NULL; f = f->next)
		for (const struct metric *m = f->first; m != NULL; m = m->next)
			n += 1 + m->n_points;
	arena_reset(arena);
	return n;
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct slice body;
	double best = 0, turn_seconds;
	size_t n_samples;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: bench_parse FILE SECONDS\n");
		return 2;
	}
	body = read_file(argv[1]);
	turn_seconds = strtod(argv[2], NULL) / TURNS;
	arena_init(&arena, SIZE_MAX / 2);
	n_samples = parse(body, &arena);
	for (int turn = 0; turn < TURNS; turn++) {
		double start = cpu_seconds(), took, rate;
		size_t n = 0;

		do {
			(void)parse(body, &arena);
			n++;
			took = cpu_seconds() - start;
		} while (took < turn_seconds);
		rate = (double)body.len * (double)n / took / 1e6;
		if (rate > best)
			best = rate;
	}
	printf("%zu %zu %.1f\n", body.len, n_samples, best);
	arena_free(&arena);
	return 0;
}
