// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a program to which system calls are refused with EPERM, as a container's seccomp profile
 * does:
 *
 *	without_syscalls NAME[,NAME...] PROGRAM [ARGUMENT...]
 *
 * Names: bpf, io_uring. The filter is kept across execve(2) and inherited by children. Source:
 * seccomp(2).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_CALLS 16

int main(int argc, char **argv)
{
	struct sock_filter code[2 + 2 * MAX_CALLS] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	unsigned short length = 1;

	if (argc < 3) {
		fprintf(stderr, "usage: without_syscalls NAME[,NAME...] PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	for (char *name = strtok(argv[1], ","); name && length < 2 * MAX_CALLS; name = strtok(NULL, ",")) {
		unsigned int number = strcmp(name, "bpf") == 0	      ? SYS_bpf :
				      strcmp(name, "io_uring") == 0 ? SYS_io_uring_setup :
								      (unsigned int)-1;

		if (number == (unsigned int)-1) {
			fprintf(stderr, "without_syscalls: unknown name %s\n", name);
			return 2;
		}
		code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
		code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	}
	code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

	struct sock_fprog program = { .len = length, .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)) {
		perror("seccomp");
		return 1;
	}
	execv(argv[2], argv + 2);
	perror(argv[2]);
	return 1;
}
