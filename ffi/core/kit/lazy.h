/* Registering with membarrier(2) while another CPU holds the address space lazily. */
#ifndef FENCELAB_LAZY_H
#define FENCELAB_LAZY_H

#include <stdbool.h>

#include "kit/cpu_watch.h"

struct lazy {
	int here, there; /* the CPU of who registers, and the one that idles */
	int registration; /* of membarrier */
	bool threaded; /* a second thread exists, and sleeps */
	struct cpu_watch watch; /* of there; nothing is watched where that is not allowed */
};

int lazy_register(struct lazy *lazy);
enum cpu_kept lazy_kept(const struct lazy *lazy);
void lazy_close(struct lazy *lazy);

#endif
