// SPDX-License-Identifier: Apache-2.0
/*
 * The yardstick for the user-space forwarder: one thread, recvmmsg and sendmmsg in batches of 64,
 * each datagram to the next endpoint, from one socket that is not connected.
 *
 *	mmsg_forwarder LISTEN_ADDRESS PORT ENDPOINT_ADDRESS:PORT...
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, MAX_DATAGRAM = 2048, MAX_ENDPOINTS = 64, RECEIVE_BUFFER = 8 << 20 };

static char payloads[BATCH][MAX_DATAGRAM];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];
static struct sockaddr_in endpoints[MAX_ENDPOINTS];

static struct sockaddr_in address_of(const char *address, const char *port)
{
	struct sockaddr_in result = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };

	if (inet_pton(AF_INET, address, &result.sin_addr) != 1)
		errx(2, "not an IPv4 address: %s", address);
	return result;
}

static struct sockaddr_in endpoint_of(char *text)
{
	char *colon = strchr(text, ':');

	if (!colon)
		errx(2, "not ADDRESS:PORT: %s", text);
	*colon = '\0';
	return address_of(text, colon + 1);
}

static int listening_socket(const char *address, const char *port)
{
	struct sockaddr_in local = address_of(address, port);
	int bytes = RECEIVE_BUFFER;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof(local)) < 0)
		err(1, "bind %s:%s", address, port);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		err(1, "SO_RCVBUFFORCE");
	return fd;
}

static void forward(int in, int out, int endpoint_count)
{
	int turn = 0;

	for (;;) {
		int received, sent = 0;

		for (int i = 0; i < BATCH; i++) {
			vectors[i] = (struct iovec){ payloads[i], MAX_DATAGRAM };
			messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i], .msg_iovlen = 1 };
		}
		received = recvmmsg(in, messages, BATCH, MSG_WAITFORONE, NULL);
		if (received < 0)
			err(1, "recvmmsg");
		for (int i = 0; i < received; i++) {
			vectors[i].iov_len = messages[i].msg_len;
			messages[i].msg_hdr.msg_name = &endpoints[turn];
			messages[i].msg_hdr.msg_namelen = sizeof(endpoints[turn]);
			turn = turn + 1 == endpoint_count ? 0 : turn + 1;
		}
		while (sent < received) {
			int count = sendmmsg(out, messages + sent, received - sent, 0);

			if (count < 0 && errno != EINTR)
				warn("sendmmsg");
			sent += count > 0 ? count : 1;
		}
	}
}

int main(int argc, char **argv)
{
	int in, out;

	if (argc < 4 || argc - 3 > MAX_ENDPOINTS)
		errx(2, "usage: %s LISTEN_ADDRESS PORT ENDPOINT_ADDRESS:PORT...", argv[0]);
	for (int i = 3; i < argc; i++)
		endpoints[i - 3] = endpoint_of(argv[i]);
	in = listening_socket(argv[1], argv[2]);
	out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (out < 0)
		err(1, "socket");
	puts("ready");
	fflush(stdout);
	forward(in, out, argc - 3);
}
