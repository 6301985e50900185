/* SPDX-License-Identifier: Apache-2.0 */
/* bench_load PORT PID CONNECTIONS GROUPS MODE SECONDS REQUESTS [percentiles] -- pushes, and what
 * each costs the server.
 *
 * MODE fill pushes groups 0 to GROUPS-1 once each; MODE push pushes to random ones of them; MODE
 * each does so with a new connection for every push, which the client closes after the answer, as
 * curl does. Every push is a PUT of 300 bytes, 5 samples in 4 families, one sample being new each
 * time. A connection has one request under way at a time. It ends after REQUESTS answers (0: no
 * bound), or after SECONDS; then what is under way is waited for at most one second more. Prints
 * answers refused seconds cpu_nanoseconds clock where cpu is what all threads of the process PID
 * used meanwhile, until it was idle again, and clock says from where that is known; then, when
 * asked, the microseconds that half of the answers took at most, and 99 of 100. */
#include <arpa/inet.h>
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define MICROSECONDS_MAX 1000000
#define GROUP_DIGITS 6
#define VALUE_DIGITS 7

/* The # and @ stand for digits of the group and of the value. */
#define HEAD                                                                                       \
	"PUT /metrics/job/nightly/instance/host-###### HTTP/1.1\r\n"                               \
	"Host: 127.0.0.1:9091\r\n"                                                                 \
	"User-Agent: bench_load\r\n"                                                               \
	"Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"                               \
	"Content-Length: 300\r\n"                                                                  \
	"\r\n"
#define BODY                                                                                       \
	"# TYPE job_runs_total counter\n"                                                          \
	"job_runs_total{result=\"ok\"} 1@@@@@@@\n"                                                 \
	"job_runs_total{result=\"error\"} 12\n"                                                    \
	"# TYPE job_duration_seconds gauge\n"                                                      \
	"job_duration_seconds 42.123456\n"                                                         \
	"# TYPE job_last_success_unixtime gauge\n"                                                 \
	"job_last_success_unixtime 1795197166.125\n"                                               \
	"# TYPE job_records gauge\n"                                                               \
	"job_records{to=\"db\"} 1234567\n"
static const char REQUEST[] = HEAD BODY;
static_assert(sizeof BODY - 1 == 300, "the head names the body's length");
#define REQUEST_LEN (sizeof REQUEST - 1)

struct connection {
	int fd;
	double sent_seconds;
	size_t len; /* of the answer so far */
	char answer[4096];
};

struct load {
	struct connection *connections;
	int n_connections;
	int epoll;
	unsigned n_groups;
	bool fill, each;
	unsigned short port;
	double end_seconds;
	uint64_t n_max;
	uint64_t n_sent, n_answers, n_refused;
	uint64_t random;
	char request[REQUEST_LEN];
	char *group, *value; /* into request */
	uint32_t
		*n_taking; /* answers by microseconds, the last for all that took longer; or NULL */
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* xorshift64: fast, and the same sequence in every run. */
static uint64_t load_random(struct load *l)
{
	l->random ^= l->random << 13;
	l->random ^= l->random >> 7;
	l->random ^= l->random << 17;
	return l->random;
}

static void write_digits(char *at, int n_digits, uint64_t value)
{
	for (int i = n_digits - 1; i >= 0; i--, value /= 10)
		at[i] = (char)('0' + value % 10);
}

static bool load_is_done(const struct load *l)
{
	return (l->n_max && l->n_sent >= l->n_max) || now_seconds() >= l->end_seconds;
}

static void load_connect(struct load *l, struct connection *c);

static void load_send(struct load *l, struct connection *c)
{
	uint64_t group = l->fill ? l->n_sent : load_random(l) % l->n_groups;

	write_digits(l->group, GROUP_DIGITS, group);
	write_digits(l->value, VALUE_DIGITS, load_random(l) % 10000000);
	if (l->n_taking)
		c->sent_seconds = now_seconds();
	if (l->each)
		load_connect(l, c);
	if (write(c->fd, l->request, REQUEST_LEN) != (ssize_t)REQUEST_LEN)
		die("write of a request");
	l->n_sent++;
}

/* The length of the answer's head and body; 0 while they are not all here. */
static size_t answer_len(const struct connection *c)
{
	static const char NAME[] = "\r\nContent-Length: ";
	const char *end = memmem(c->answer, c->len, "\r\n\r\n", 4);
	const char *length = memmem(c->answer, c->len, NAME, sizeof NAME - 1);

	if (!end || !length)
		return 0;
	size_t len = (size_t)(end - c->answer) + 4 + strtoul(length + sizeof NAME - 1, NULL, 10);
	return len <= c->len ? len : 0;
}

/* True when the connection's answer is all here. */
static bool load_receive(struct load *l, struct connection *c)
{
	ssize_t n = read(c->fd, c->answer + c->len, sizeof c->answer - 1 - c->len);

	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0)
		die("read of an answer");
	c->len += (size_t)n;
	c->answer[c->len] = '\0';
	if (!answer_len(c))
		return false;
	if (strncmp(c->answer, "HTTP/1.1 2", 10) != 0 && !l->n_refused++)
		fprintf(stderr, "bench_load: refused: %s\n", c->answer);
	l->n_answers++;
	if (l->n_taking) {
		double took = (now_seconds() - c->sent_seconds) * 1e6;

		l->n_taking[took < MICROSECONDS_MAX ? (size_t)took : MICROSECONDS_MAX]++;
	}
	c->len = 0;
	if (l->each)
		close(c->fd);
	return true;
}

static void load_run(struct load *l)
{
	bool done = false;

	for (int i = 0; i < l->n_connections && !load_is_done(l); i++)
		load_send(l, &l->connections[i]);
	while (l->n_answers < l->n_sent) {
		struct epoll_event events[CONNECTIONS_MAX];
		int n = epoll_wait(l->epoll, events, CONNECTIONS_MAX, 100);

		done = done || load_is_done(l);
		if (done && now_seconds() > l->end_seconds + 1)
			return;
		for (int i = 0; i < n; i++) {
			struct connection *c = events[i].data.ptr;
			if (load_receive(l, c) && !done && !(l->n_max && l->n_sent >= l->n_max))
				load_send(l, c);
		}
	}
}

static void load_connect(struct load *l, struct connection *c)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons(l->port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0)
		die("connect");
	if (setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) < 0)
		die("epoll_ctl");
}

/* The nanoseconds that the scheduler counted for all threads of a process; 0 where it does not
 * count. */
static uint64_t cpu_from_schedstat(const char *pid)
{
	char path[300];
	uint64_t sum = 0;

	(void)snprintf(path, sizeof path, "/proc/%s/task", pid);
	DIR *tasks = opendir(path);
	if (!tasks)
		die(path);
	for (struct dirent *task; (task = readdir(tasks));) {
		uint64_t nanoseconds;
		(void)snprintf(path, sizeof path, "/proc/%s/task/%s/schedstat", pid, task->d_name);
		FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "re");
		if (file && fscanf(file, "%" SCNu64, &nanoseconds) == 1)
			sum += nanoseconds;
		if (file)
			fclose(file);
	}
	closedir(tasks);
	return sum;
}

/* utime and stime, in ticks of 10 ms. */
static uint64_t cpu_from_stat(const char *pid)
{
	char path[300], line[1024];
	uint64_t user, system;

	(void)snprintf(path, sizeof path, "/proc/%s/stat", pid);
	FILE *file = fopen(path, "re");
	if (!file || !fgets(line, sizeof line, file))
		die(path);
	fclose(file);
	/* The command may hold blanks; its closing parenthesis is the last one. */
	const char *rest = strrchr(line, ')');
	if (!rest ||
	    sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
		   &user, &system) != 2)
		die("the fields of stat");
	return (user + system) * (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

static uint64_t cpu_nanoseconds(const char *pid, const char **ret_clock)
{
	uint64_t value = cpu_from_schedstat(pid);

	*ret_clock = value ? "schedstat" : "stat";
	return value ? value : cpu_from_stat(pid);
}

/* What the process used when it had come to rest: work may go on after the answer. At most 2 s. */
static uint64_t cpu_at_rest(const char *pid, const char **ret_clock)
{
	uint64_t before = cpu_nanoseconds(pid, ret_clock);

	for (int i = 0; i < 40; i++) {
		(void)usleep(50000);
		uint64_t after = cpu_nanoseconds(pid, ret_clock);
		if (after - before < 2000000)
			return after;
		before = after;
	}
	return before;
}

static size_t percentile(const struct load *l, double part)
{
	uint64_t n = 0;
	size_t at = 0;

	while (at < MICROSECONDS_MAX &&
	       (double)(n += l->n_taking[at]) < part * (double)l->n_answers)
		at++;
	return at;
}

int main(int argc, char **argv)
{
	bool percentiles = argc == 9 && strcmp(argv[8], "percentiles") == 0;

	if (argc != 8 && !percentiles) {
		fprintf(stderr, "usage: bench_load PORT PID CONNECTIONS GROUPS fill|push|each "
				"SECONDS REQUESTS [percentiles]\n");
		return 2;
	}
	const char *pid = argv[2], *clock_name;
	struct load l = {.n_connections = atoi(argv[3]),
			 .n_groups = (unsigned)atoi(argv[4]),
			 .fill = strcmp(argv[5], "fill") == 0,
			 .each = strcmp(argv[5], "each") == 0,
			 .port = (unsigned short)atoi(argv[1]),
			 .random = 88172645463325252u,
			 .n_max = strtoull(argv[7], NULL, 10),
			 .epoll = epoll_create1(EPOLL_CLOEXEC)};

	if (l.n_connections < 1 || l.n_connections > CONNECTIONS_MAX || l.n_groups < 1)
		return 2;
	if (l.fill)
		l.n_max = l.n_groups;
	memcpy(l.request, REQUEST, REQUEST_LEN);
	l.group = memmem(l.request, REQUEST_LEN, "######", GROUP_DIGITS);
	l.value = memmem(l.request, REQUEST_LEN, "@@@@@@@", VALUE_DIGITS);
	l.connections = calloc((size_t)l.n_connections, sizeof *l.connections);
	if (percentiles)
		l.n_taking = calloc(MICROSECONDS_MAX + 1, sizeof *l.n_taking);
	if (!l.connections || l.epoll < 0 || (percentiles && !l.n_taking))
		die("bench_load");
	for (int i = 0; i < l.n_connections && !l.each; i++)
		load_connect(&l, &l.connections[i]);

	uint64_t cpu_before = cpu_nanoseconds(pid, &clock_name);
	double start = now_seconds();
	l.end_seconds = start + atof(argv[6]);
	load_run(&l);
	double seconds = now_seconds() - start;
	bool given_up = l.n_answers < l.n_sent; /* then the server would not rest for long */
	uint64_t cpu = given_up ? cpu_nanoseconds(pid, &clock_name) : cpu_at_rest(pid, &clock_name);
	printf("%" PRIu64 " %" PRIu64 " %.6f %" PRIu64 " %s", l.n_answers, l.n_refused, seconds,
	       cpu - cpu_before, clock_name);
	if (percentiles)
		printf(" %zu %zu", percentile(&l, 0.5), percentile(&l, 0.99));
	printf("\n");
	return 0;
}
