// SPDX-License-Identifier: Apache-2.0
/*
 * Senders without a pause: datagrams to one address, as fast as sendmmsg takes them, for some time.
 * Prints how many.
 *
 *	udp_flood ADDRESS PORT SIZE MILLISECONDS SENDERS
 *
 * SIZE is a number of bytes of payload, or "mix": see mixed_bytes. Each sender has an address and a
 * port of its own, as exporters have: a socket has a port, and each datagram of a batch another of
 * up to 64 addresses, from 198.18.0.1 on (RFC 2544's), which must be local. So one system call
 * sends for 64 senders, and costs the same however many there are.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, MAX_DATAGRAM = 65507, MAX_SOCKETS = 1024, FIRST_PORT = 10000 };

#define FIRST_ADDRESS 0xc6120001u /* 198.18.0.1 */

union control {
	char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
	struct cmsghdr align;
};

static char payload[MAX_DATAGRAM];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static union control controls[BATCH];
static int sockets[MAX_SOCKETS];

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Of four senders three are devices that log, and one exports flows. Syslog: lines of 120 to 480
 * bytes, the largest that every receiver must take (RFC 5424, section 6.1). NetFlow v5: a header of
 * 24 bytes and 1 to 30 records of 48, mostly 30 (Cisco's NetFlow export datagram format).
 */
static size_t mixed_bytes(int sender)
{
	if (sender % 4 == 3)
		return 24 + 48 * (sender % 16 == 15 ? 10 : 30);
	return 120 + 24 * (sender * 7 % 16);
}

static void prepare(int sender, const struct sockaddr_in *to, const char *size)
{
	struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(FIRST_ADDRESS + sender) };
	struct cmsghdr *header = &controls[sender].align;

	header->cmsg_level = IPPROTO_IP;
	header->cmsg_type = IP_PKTINFO;
	header->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(header), &info, sizeof(info));
	vectors[sender] = (struct iovec){ payload, strcmp(size, "mix") ? (size_t)atoi(size)
								       : mixed_bytes(sender) };
	messages[sender].msg_hdr = (struct msghdr){
		.msg_name = (void *)to,
		.msg_namelen = sizeof(*to),
		.msg_iov = &vectors[sender],
		.msg_iovlen = 1,
		.msg_control = &controls[sender],
		.msg_controllen = sizeof(controls[sender].bytes),
	};
}

static int open_socket(int number)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(FIRST_PORT + number) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0)
		err(1, "bind");
	return fd;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int senders = argc == 6 ? atoi(argv[5]) : 0;
	int count = (senders + BATCH - 1) / BATCH;
	long sent = 0, end_ms;

	if (senders < 1 || count > MAX_SOCKETS || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 ||
	    atoi(argv[3]) > MAX_DATAGRAM)
		errx(2, "usage: %s ADDRESS PORT SIZE MILLISECONDS SENDERS", argv[0]);
	to.sin_port = htons(atoi(argv[2]));
	/* Fewer senders than a batch has datagrams take turns in it. */
	for (int i = 0; i < BATCH; i++)
		prepare(i, &to, argv[3]);
	for (int i = senders; i < BATCH; i++)
		controls[i] = controls[i % senders];
	for (int i = 0; i < count; i++)
		sockets[i] = open_socket(i);
	end_ms = now_ms() + atol(argv[4]);
	for (int turn = 0; now_ms() < end_ms; turn = (turn + 1) % count) {
		int rest = senders - turn * BATCH;
		int done = sendmmsg(sockets[turn], messages,
				    senders > BATCH && rest < BATCH ? rest : BATCH, 0);

		sent += done > 0 ? done : 0;
	}
	printf("%ld\n", sent);
}
