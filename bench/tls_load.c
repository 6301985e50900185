/* SPDX-License-Identifier: Apache-2.0 */
/* tls_load PORT CLIENTS WAY SECONDS -- pushes over TLS.
 *
 * WAY kept: each client pushes over one connection; new: over a new connection and a full handshake
 * for each push, as a batch job does; resumed: likewise, with the ticket of the connection before.
 * A client is a thread with one request under way. The certificate is not checked: that would be
 * the client's cost. Prints the number of answers and the seconds it took. */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 64
#define BODY                                                                                       \
	"# TYPE job_runs_total counter\n"                                                          \
	"job_runs_total{result=\"ok\"} 1234567\n"                                                  \
	"job_runs_total{result=\"error\"} 12\n"                                                    \
	"# TYPE job_duration_seconds gauge\n"                                                      \
	"job_duration_seconds 42.123456\n"
static const char body[] = BODY;

static atomic_long n_answers;
static atomic_bool stopping;
static int port;
static const char *way;

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	fprintf(stderr, "tls_load: %s\n", what);
	exit(1);
}

static SSL *open_connection(SSL_CTX *ctx, SSL_SESSION *session)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int on = 1;
	SSL *ssl = SSL_new(ctx);

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		fail("cannot connect");
	SSL_set_fd(ssl, fd);
	if (session != NULL)
		SSL_set_session(ssl, session);
	if (SSL_connect(ssl) != 1)
		fail("the handshake failed");
	return ssl;
}

static void close_connection(SSL *ssl)
{
	int fd = SSL_get_fd(ssl);

	SSL_shutdown(ssl);
	SSL_free(ssl);
	close(fd);
}

/* One push and its answer, which fits into one read of this size. */
static void push(SSL *ssl, const char *request, int len)
{
	char answer[4096];
	int n = 0;

	if (SSL_write(ssl, request, len) != len)
		fail("cannot send");
	while (n < 4 || memcmp(answer + n - 4, "\r\n\r\n", 4) != 0) {
		int got = SSL_read(ssl, answer + n, (int)sizeof(answer) - n);

		if (got <= 0)
			fail("no answer");
		n += got;
	}
	if (memcmp(answer, "HTTP/1.1 20", 11) != 0) /* 200, or 202 of an unchecked reference */
		fail("the push was refused");
	atomic_fetch_add(&n_answers, 1);
}

static void *client(void *arg)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = NULL;
	SSL_SESSION *session = NULL;
	char request[1024];
	int len = snprintf(request, sizeof(request),
			   "PUT /metrics/job/nightly/instance/host-%ld HTTP/1.1\r\n"
			   "Host: 127.0.0.1\r\nContent-Length: %zu\r\n\r\n%s",
			   (long)(intptr_t)arg, sizeof(body) - 1, body);

	while (!atomic_load(&stopping)) {
		if (ssl == NULL)
			ssl = open_connection(ctx, session);
		push(ssl, request, len);
		if (strcmp(way, "kept") == 0)
			continue;
		if (strcmp(way, "resumed") == 0) {
			if (session != NULL && !SSL_session_reused(ssl))
				fail("the session was not resumed");
			SSL_SESSION_free(session);
			session = SSL_get1_session(ssl);
		}
		close_connection(ssl);
		ssl = NULL;
	}
	if (ssl != NULL)
		close_connection(ssl);
	SSL_SESSION_free(session);
	SSL_CTX_free(ctx);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[CLIENTS_MAX];
	int n;
	double began;

	if (argc != 5)
		fail("usage: tls_load PORT CLIENTS kept|new|resumed SECONDS");
	port = (int)strtol(argv[1], NULL, 10);
	n = (int)strtol(argv[2], NULL, 10);
	way = argv[3];
	assert(n > 0 && n <= CLIENTS_MAX);
	began = now_s();
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, client, (void *)(intptr_t)i) != 0)
			fail("no thread");
	usleep((useconds_t)(strtod(argv[4], NULL) * 1e6));
	atomic_store(&stopping, true);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	printf("%ld %f\n", atomic_load(&n_answers), now_s() - began);
	return 0;
}
