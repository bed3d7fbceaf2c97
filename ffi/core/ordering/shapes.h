/*
 * Litmus shapes: short programs whose weak outcome shows that a machine reorders
 * memory accesses (Alglave, Maranget, Tautschnig, "Herding cats", 2014, which
 * also gives them their names).
 */
#ifndef FENCELAB_SHAPES_H
#define FENCELAB_SHAPES_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "kit/thread.h"

enum {
	SHAPE_THREADS = 4, /* of the largest shape */
	SHAPE_CELLS = 512, /* instances of a shape in one batch; a power of two */
};

/* The two variables of one instance, far from each other and from all others. */
struct cell {
	CACHE_APART uint32_t x;
	CACHE_APART uint32_t y;
};

/* What one thread read in one instance. */
struct seen {
	uint32_t a, b;
};

/* The order in which all threads go through a batch: start, start + stride … modulo SHAPE_CELLS. */
struct walk {
	uint32_t start, stride;
};

typedef void shape_body(const struct walk *walk, struct cell *cell, struct seen *seen);

/* body: of each thread, without and with a full fence between its two accesses. */
struct shape {
	const char *id;
	int threads;
	shape_body *body[SHAPE_THREADS][2];
	/* is this the outcome that no interleaving of the program gives? seen: of each thread */
	bool (*weak)(const struct cell *end, const struct seen *seen);
};

/* One measurement: a shape without or with fences. */
struct shape_outcome {
	uint64_t iterations, weak;
	int error; /* -errno when it could not be run to its end */
};

/* How shapes are run. */
struct shape_setup {
	const int *cpus;
	uint64_t iterations; /* stop after so many ... */
	uint64_t budget_ns; /* ... or after so much time */
	enum priority priority;
};

extern const struct shape shapes[]; /* ended by an entry without id */

int shape_run(const struct shape *shape, bool fence, const struct shape_setup *setup,
	      struct shape_outcome *outcome);

#endif
