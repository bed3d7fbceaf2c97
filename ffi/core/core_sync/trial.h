/* A core-sync trial from inside: what its two threads share, and the sibling's thread. */
#ifndef FENCELAB_CORE_SYNC_TRIAL_H
#define FENCELAB_CORE_SYNC_TRIAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "core_sync/code.h"
#include "core_sync/core_sync.h"
#include "kit/crew.h"

enum {
	DETOURS = 16, /* lines that the sibling's load may have to fetch from memory, one after another */
	PATCHES_TIMED = 64, /* replacements that tell how many it takes */
};

/* One trial as its two threads share it. */
struct trial {
	struct {
		CACHE_APART _Atomic size_t zero;
	} detour[DETOURS];
	/* written by the caller */
	CACHE_APART _Atomic uint64_t published;
	_Atomic uint32_t detours; /* how many of the lines the load goes through */
	int timed;
	uint64_t patched_ns[PATCHES_TIMED];
	_Atomic uint32_t order; /* count of orders << 2 | enum crew_order */
	/* written by the sibling after each call */
	CACHE_APART _Atomic uint64_t calls;
	_Atomic uint64_t stale, unknown, stale_versions;
	uint64_t last_stale; /* publication whose stale calls are counted already, plus one */
	/* once per order */
	CACHE_APART _Atomic uint32_t obeyed;
	const struct core_sync_setup *setup;
	struct core_sync_outcome *outcome;
	struct code code;
	struct fence fence;
	pthread_t sibling;
	int sibling_tid, error;
	bool started;
};

void detour_drop(struct trial *t, uint32_t detours);
uint64_t detour_load(const struct trial *t, uint32_t detours);
int sibling_start(struct trial *t);
int sibling_order(struct trial *t, enum crew_order order);
void sibling_stop(struct trial *t);

#endif
