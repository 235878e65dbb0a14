// SPDX-License-Identifier: Apache-2.0
/*
 * One sender: datagrams of one size from one socket to one address, as fast as sendmmsg takes them,
 * for some time. Prints how many.
 *
 *	udp_flood ADDRESS PORT PAYLOAD_BYTES MILLISECONDS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, MAX_DATAGRAM = 65507 };

static char payload[MAX_DATAGRAM];
static struct mmsghdr messages[BATCH];

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct iovec vector = { payload, 0 };
	long sent = 0, end_ms;
	int fd;

	if (argc != 5 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || atoi(argv[3]) > MAX_DATAGRAM)
		errx(2, "usage: %s ADDRESS PORT PAYLOAD_BYTES MILLISECONDS", argv[0]);
	to.sin_port = htons(atoi(argv[2]));
	vector.iov_len = atoi(argv[3]);
	for (int i = 0; i < BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vector, .msg_iovlen = 1 };
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		err(1, "connect");
	for (end_ms = now_ms() + atol(argv[4]); now_ms() < end_ms;) {
		int count = sendmmsg(fd, messages, BATCH, 0);

		sent += count > 0 ? count : 0;
	}
	printf("%ld\n", sent);
}
