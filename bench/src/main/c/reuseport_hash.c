// SPDX-License-Identifier: Apache-2.0
/*
 * Takes the program off a process's sockets by which one of them is picked for each datagram
 * (SO_ATTACH_REUSEPORT_CBPF), so that the kernel picks by its hash of addresses and ports again:
 * what the program costs and brings is seen on the same sockets. Prints how many groups had one.
 *
 *	reuseport_hash PID PORT
 *
 * Needs Linux 5.6 (pidfd_getfd(2)) and CAP_SYS_PTRACE.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_DETACH_REUSEPORT_BPF
#define SO_DETACH_REUSEPORT_BPF 68
#endif

static int is_bound_to(int fd, int port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} local;
	socklen_t length = sizeof(local);

	if (getsockname(fd, &local.any, &length) < 0)
		return 0;
	/* Both families have the port at the same place. */
	return (local.any.sa_family == AF_INET || local.any.sa_family == AF_INET6) &&
	       ntohs(local.v4.sin_port) == port;
}

/* The program is the group's: the first of its sockets takes it off, and the others find none. */
static int detach(int fd)
{
	int unused = 0;

	if (!setsockopt(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &unused, sizeof(unused)))
		return 1;
	if (errno != ENOENT && errno != EINVAL)
		err(1, "SO_DETACH_REUSEPORT_BPF");
	return 0;
}

int main(int argc, char **argv)
{
	int pid = argc == 3 ? atoi(argv[1]) : 0, port = argc == 3 ? atoi(argv[2]) : 0;
	int pidfd, detached = 0;
	char path[64];
	struct dirent *entry;
	DIR *fds;

	if (pid < 1 || port < 1)
		errx(2, "usage: %s PID PORT", argv[0]);
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	fds = opendir(path);
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	if (!fds || pidfd < 0)
		err(1, "process %d", pid);
	while ((entry = readdir(fds))) {
		int fd = syscall(SYS_pidfd_getfd, pidfd, atoi(entry->d_name), 0);

		if (fd < 0)
			continue;
		if (is_bound_to(fd, port))
			detached += detach(fd);
		close(fd);
	}
	printf("%d\n", detached);
	return detached ? 0 : 1;
}
