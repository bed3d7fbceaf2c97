/*
 * The yardstick for the cost experiment: a bare loop around one system call,
 * without anything of the lab in it.
 *
 *     bare_loop getppid|membarrier BLOCKS CALLS
 *
 * prints nanoseconds per call, one line per block.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static double getppid_block(long calls)
{
	double start = now();

	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	return (now() - start) / (double)calls;
}

static double membarrier_block(long calls)
{
	double start = now();

	for (long i = 0; i < calls; i++)
		syscall(SYS_membarrier, 8 /* PRIVATE_EXPEDITED */, 0, 0);
	return (now() - start) / (double)calls;
}

int main(int argc, char **argv)
{
	struct sched_param fifo = { .sched_priority = 2 };
	cpu_set_t first;

	if (argc != 4)
		return 1;
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first) != 0)
		return 1;
	/* the lab's threads take the same priority where they may; where they may not, neither may this */
	sched_setscheduler(0, SCHED_FIFO, &fifo);
	syscall(SYS_membarrier, 16 /* REGISTER_PRIVATE_EXPEDITED */, 0, 0);

	double (*block)(long) = strcmp(argv[1], "getppid") ? membarrier_block : getppid_block;

	block(1000); /* warm-up */
	for (long i = atol(argv[2]); i > 0; i--)
		printf("%.4f\n", block(atol(argv[3])));
	return 0;
}
