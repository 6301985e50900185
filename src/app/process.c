/* SPDX-License-Identifier: Apache-2.0 */
#include "app/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "format/number.h"

enum {
	FILE_BYTES_MAX =
		1024 * 1024, /* /proc/stat has a line per processor and a column per interrupt */
	READ_BYTES = 16 * 1024,
	TICKS_PER_SECOND =
		100, /* what the kernel shows user space, on every architecture of today */
};

/* Fields of /proc/self/stat behind the name, which may hold anything but ends with the last `)`;
 * counted as in proc(5). */
enum {
	STAT_STATE = 3,
	STAT_USER_TICKS = 14,
	STAT_SYSTEM_TICKS = 15,
	STAT_START_TICKS = 22,
	STAT_VIRTUAL_BYTES = 23,
	STAT_RESIDENT_PAGES = 24,
	STAT_FIELDS = STAT_RESIDENT_PAGES + 1,
};

static void set(struct process_numbers *numbers, enum process_number which, double value)
{
	numbers->known[which] = true;
	numbers->value[which] = value;
}

/* The next word of a line, between blanks; empty at its end. */
static struct slice word_take(struct slice *line)
{
	const char *end = line->ptr + line->len, *begin = line->ptr, *at;

	while (begin < end && *begin == ' ')
		begin++;
	for (at = begin; at < end && *at != ' '; at++)
		;
	*line = slice_between(at, end);
	return slice_between(begin, at);
}

static bool line_take(struct slice *text, struct slice *ret)
{
	struct slice rest;

	if (text->len == 0)
		return false;
	if (!slice_cut(*text, '\n', ret, &rest)) {
		*ret = *text;
		rest = SLICE_EMPTY;
	}
	*text = rest;
	return true;
}

bool process_parse_boot(struct slice text, double *ret_seconds)
{
	struct slice line;

	while (line_take(&text, &line))
		if (slice_eq(word_take(&line), SLICE("btime")))
			return number_parse(word_take(&line), ret_seconds);
	return false;
}

void process_parse_stat(struct slice text, double boot_seconds, struct process_numbers *ret)
{
	double fields[STAT_FIELDS] = {0};
	size_t name_end = text.len;
	struct slice rest;

	while (name_end > 0 && text.ptr[name_end - 1] != ')')
		name_end--;
	rest = slice_skip(text, name_end);
	(void)word_take(&rest); /* STAT_STATE, a letter */
	for (int i = STAT_STATE + 1; i < STAT_FIELDS; i++)
		if (name_end == 0 || !number_parse(word_take(&rest), &fields[i]))
			return;
	set(ret, PROCESS_CPU_SECONDS,
	    (fields[STAT_USER_TICKS] + fields[STAT_SYSTEM_TICKS]) / TICKS_PER_SECOND);
	set(ret, PROCESS_VIRTUAL_BYTES, fields[STAT_VIRTUAL_BYTES]);
	set(ret, PROCESS_RESIDENT_BYTES,
	    fields[STAT_RESIDENT_PAGES] * (double)sysconf(_SC_PAGESIZE));
	if (boot_seconds != 0)
		set(ret, PROCESS_START_SECONDS,
		    boot_seconds + fields[STAT_START_TICKS] / TICKS_PER_SECOND);
}

/* Two lines belong together: `IpExt: NAME NAME...` and `IpExt: VALUE VALUE...`. */
void process_parse_netstat(struct slice text, struct process_numbers *ret)
{
	struct slice names, values, name, value;
	double number;

	while (line_take(&text, &names) && line_take(&text, &values)) {
		if (!slice_eq(word_take(&names), SLICE("IpExt:")))
			continue;
		(void)word_take(&values);
		while ((name = word_take(&names)).len > 0) {
			value = word_take(&values);
			if (!number_parse(value, &number))
				continue;
			if (slice_eq(name, SLICE("InOctets")))
				set(ret, PROCESS_RECEIVED_BYTES, number);
			else if (slice_eq(name, SLICE("OutOctets")))
				set(ret, PROCESS_SENT_BYTES, number);
		}
	}
}

/* False: it is not there, or larger than FILE_BYTES_MAX. */
static bool read_file(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *room;
	ssize_t n = -1;

	buf_clear(out);
	if (fd < 0)
		return false;
	do {
		room = buf_reserve(out, READ_BYTES);
		n = room == NULL ? -1 : read(fd, room, READ_BYTES);
		if (n > 0)
			buf_advance(out, (size_t)n);
	} while (n > 0 || (n < 0 && room != NULL && errno == EINTR));
	(void)close(fd);
	return n == 0;
}

double process_boot_seconds(void)
{
	double seconds = 0;
	struct buf text;

	buf_init(&text, FILE_BYTES_MAX);
	if (!read_file("/proc/stat", &text) || !process_parse_boot(buf_slice(&text), &seconds))
		seconds = 0;
	buf_free(&text);
	return seconds;
}

/* Linux 6.2 and later give the number as the folder's size; before, the entries are counted. */
static void read_open_fds(struct process_numbers *ret)
{
	struct stat folder;
	double n = 0;
	DIR *dir;

	if (stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0) {
		set(ret, PROCESS_OPEN_FDS, (double)folder.st_size);
		return;
	}
	dir = opendir("/proc/self/fd");
	if (dir == NULL)
		return;
	/* The stream is our own. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
		n += entry->d_name[0] != '.';
	(void)closedir(dir);
	set(ret, PROCESS_OPEN_FDS, n);
}

/* No limit is RLIM_INFINITY, the largest number of 64 bits, as in the reference. */
static void read_limits(struct process_numbers *ret)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		set(ret, PROCESS_MAX_FDS, (double)limit.rlim_cur);
	if (getrlimit(RLIMIT_AS, &limit) == 0)
		set(ret, PROCESS_VIRTUAL_BYTES_MAX, (double)limit.rlim_cur);
}

void process_read(double boot_seconds, struct process_numbers *ret)
{
	struct buf text;

	*ret = (struct process_numbers){0};
	buf_init(&text, FILE_BYTES_MAX);
	if (read_file("/proc/self/stat", &text))
		process_parse_stat(buf_slice(&text), boot_seconds, ret);
	if (read_file("/proc/self/net/netstat", &text))
		process_parse_netstat(buf_slice(&text), ret);
	buf_free(&text);
	read_open_fds(ret);
	read_limits(ret);
}
