// SPDX-License-Identifier: Apache-2.0
/*
 * The swap of an endpoint table in C: the same system calls that the daemon makes from Java, by
 * libbpf. Prints for each round how long it took to make and fill the new table, and to put it in
 * place, which waits for an RCU grace period; in nanoseconds.
 *
 *	table_swap ENDPOINTS ROUNDS
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

enum { ELEMENT_BYTES = 32 };

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static int make_table(int elements)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_INNER_MAP);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bench_table", 4, ELEMENT_BYTES, elements, &options);

	if (fd < 0)
		err(1, "bpf_map_create");
	return fd;
}

int main(int argc, char **argv)
{
	int elements = argc == 3 ? atoi(argv[1]) + 1 : 0;
	int rounds = argc == 3 ? atoi(argv[2]) : 0;
	__u32 *keys, slot = 0;
	char *values;
	int outer, template;

	if (elements < 2 || rounds < 1)
		errx(2, "usage: %s ENDPOINTS ROUNDS", argv[0]);
	keys = calloc(elements, sizeof(*keys));
	values = calloc(elements, ELEMENT_BYTES);
	if (!keys || !values)
		err(1, "calloc");
	template = make_table(1);
	LIBBPF_OPTS(bpf_map_create_opts, options, .inner_map_fd = template);
	outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "bench_tables", 4, 4, 1, &options);
	if (outer < 0)
		err(1, "bpf_map_create");
	for (int round = 0; round < rounds; round++) {
		long began = now_ns(), filled, placed;
		__u32 count = elements;
		int table;

		for (int i = 0; i < elements; i++) {
			keys[i] = i;
			memset(values + i * ELEMENT_BYTES, i, ELEMENT_BYTES);
		}
		table = make_table(elements);
		if (bpf_map_update_batch(table, keys, values, &count, NULL))
			err(1, "bpf_map_update_batch");
		filled = now_ns();
		if (bpf_map_update_elem(outer, &slot, &table, BPF_ANY))
			err(1, "bpf_map_update_elem");
		placed = now_ns();
		close(table);
		printf("%ld %ld\n", filled - began, placed - filled);
	}
}
