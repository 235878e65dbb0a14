// SPDX-License-Identifier: Apache-2.0
/*
 * One receiver that costs no CPU of its own: a filter on its socket refuses every datagram after
 * the kernel has carried it all the way, and the socket's drop count is the count of datagrams
 * delivered. Prints the count for each line that it reads, and ends with its input.
 *
 *	udp_sink PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &refuse };
	struct sockaddr_in local = { .sin_family = AF_INET };
	uint32_t figures[SK_MEMINFO_VARS];
	char line[64];
	int fd;

	if (argc != 2)
		errx(2, "usage: %s PORT", argv[0]);
	local.sin_port = htons(atoi(argv[1]));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		err(1, "SO_ATTACH_FILTER");
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)) < 0)
		err(1, "bind");
	while (fgets(line, sizeof(line), stdin)) {
		socklen_t length = sizeof(figures);

		if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, figures, &length) < 0)
			err(1, "SO_MEMINFO");
		printf("%u\n", figures[SK_MEMINFO_DROPS]);
		fflush(stdout);
	}
}
