/* SPDX-License-Identifier: Apache-2.0 */
/* bench_floor PORT THREADS -- the least that answering a push can cost.
 *
 * Bare epoll loops, one per thread, each with its own listener on PORT. The first request of a
 * connection teaches its size; all later ones of that connection have the same. From then on bytes
 * are only counted, and each full size is answered by a fixed 200. Ends by a signal. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4096
#define THREADS_MAX 64
#define PIPELINE_MAX 32

static const char ANSWER[] = "HTTP/1.1 200 OK\r\n"
			     "Date: Fri, 20 Nov 2026 12:00:00 GMT\r\n"
			     "Content-Length: 0\r\n"
			     "\r\n";

struct floor {
	int listener;
	int epoll;
	size_t size[CONNECTIONS_MAX];    /* by descriptor: one request's, 0 until it is known */
	size_t pending[CONNECTIONS_MAX]; /* by descriptor: bytes of a request not all here yet */
	char answers[PIPELINE_MAX * sizeof ANSWER];
	char input[65536];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The size of the request that `input` starts with; 0 when it cannot be told yet. */
static size_t request_size(const char *input, size_t len)
{
	static const char NAME[] = "Content-Length: ";
	const char *end = memmem(input, len, "\r\n\r\n", 4);
	const char *length = memmem(input, len, NAME, sizeof NAME - 1);

	if (!end)
		return 0;
	size_t head = (size_t)(end - input) + 4;
	if (!length || length > end)
		return head;
	return head + strtoul(length + sizeof NAME - 1, NULL, 10);
}

static void floor_forget(struct floor *f, int fd)
{
	f->size[fd] = 0;
	f->pending[fd] = 0;
	close(fd);
}

static void floor_accept(struct floor *f)
{
	int fd = accept4(f->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (fd >= CONNECTIONS_MAX) {
		close(fd);
		return;
	}
	int on = 1;
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
		die("setsockopt");
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
	if (epoll_ctl(f->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		die("epoll_ctl");
}

static void floor_read(struct floor *f, int fd)
{
	ssize_t n = read(fd, f->input, sizeof f->input);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		floor_forget(f, fd);
		return;
	}
	if (!f->size[fd])
		f->size[fd] = request_size(f->input, (size_t)n);
	f->pending[fd] += (size_t)n;
	/* bench_load sends a request in one piece; a client that splits its first head is not
	 * measured. */
	if (!f->size[fd]) {
		floor_forget(f, fd);
		return;
	}
	size_t n_answers = f->pending[fd] / f->size[fd];
	f->pending[fd] %= f->size[fd];
	if (n_answers > PIPELINE_MAX ||
	    (n_answers && write(fd, f->answers, n_answers * (sizeof ANSWER - 1)) < 0))
		floor_forget(f, fd);
}

static void *floor_run(void *arg)
{
	struct floor *f = arg;

	for (;;) {
		struct epoll_event events[128];
		int n = epoll_wait(f->epoll, events, 128, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == f->listener)
				floor_accept(f);
			else
				floor_read(f, events[i].data.fd);
		}
	}
	return NULL;
}

static struct floor *floor_new(unsigned short port)
{
	struct floor *f = calloc(1, sizeof *f);
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons(port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;

	if (!f)
		die("calloc");
	for (size_t i = 0; i < PIPELINE_MAX; i++)
		memcpy(f->answers + i * (sizeof ANSWER - 1), ANSWER, sizeof ANSWER - 1);
	f->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	f->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (f->listener < 0 || f->epoll < 0)
		die("socket");
	if (setsockopt(f->listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0 ||
	    bind(f->listener, (struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(f->listener, 1024) < 0)
		die("bind");
	struct epoll_event event = {.events = EPOLLIN, .data.fd = f->listener};
	if (epoll_ctl(f->epoll, EPOLL_CTL_ADD, f->listener, &event) < 0)
		die("epoll_ctl");
	return f;
}

int main(int argc, char **argv)
{
	int port = argc == 3 ? atoi(argv[1]) : 0;
	int n_threads = argc == 3 ? atoi(argv[2]) : 0;

	if (port < 1 || port > 65535 || n_threads < 1 || n_threads > THREADS_MAX) {
		fprintf(stderr, "usage: bench_floor PORT THREADS\n");
		return 2;
	}
	for (int i = 1; i < n_threads; i++) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, floor_run, floor_new((unsigned short)port)))
			die("pthread_create");
	}
	floor_run(floor_new((unsigned short)port));
	return 0;
}
