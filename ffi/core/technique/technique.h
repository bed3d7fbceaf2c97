/*
 * Techniques: the ways in which a heavy side can force a memory barrier onto
 * other CPUs, and the controls that only look like one.
 */
#ifndef FENCELAB_TECHNIQUE_H
#define FENCELAB_TECHNIQUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"

/* The heavy call goes through the scheduler on purpose: a sibling that is switched out is no defect. */
#define TECHNIQUE_PREEMPTS 1u
/* Must be opened while the siblings run: see kit/lazy.c. */
#define TECHNIQUE_LATE 2u
/* A mutation: the ordering experiment calls it before the store instead of after it. */
#define TECHNIQUE_EARLY 4u
/* heavy() is compiler_barrier(), or arch_full_fence(): loops may have it in line. */
#define TECHNIQUE_NOTHING 8u
#define TECHNIQUE_FENCE 16u
/* Brought by the user: may crash, and may not return. */
#define TECHNIQUE_USER 32u
/* heavy() is fence_delay(): loops may have it in line. */
#define TECHNIQUE_DELAY 64u

struct technique;

/* One ready-to-use instance of a technique; not to be shared between threads. */
struct fence {
	const struct technique *technique;
	void *page; /* the page whose mapping is changed */
	size_t page_size;
	void *spare; /* second address (mremap), else NULL */
	int cpu; /* target of membarrier-rseq-cpu; -1 for the caller's own */
	uint64_t delay_ns; /* of `delay` and mutant-noop */
	double ticks_per_ns; /* of arch_ticks(), for delays */
	const int *targets; /* thread ids that `signal` interrupts; owned by the opener */
	int ntargets;
	bool targets_all; /* `signal`: every thread of the process, listed at each call */
	void *private;
	bool set_up; /* technique/user.c: there is something to tear down */
	bool refused; /* opening was refused for good, see kit/attempt.c; else it may work again */
	char reason[160]; /* why opening failed */
};

/*
 * open    - setup: mappings, mlock, registration. 0 or -errno with f->reason
 * prepare - untimed work before each heavy call (NULL: none is needed). 0 or -errno
 * heavy   - the measured operation. 0 or -errno
 * light   - the light side's barrier, called by other threads with the same
 *           fence (NULL: a compiler barrier)
 * close   - undo open
 */
struct technique {
	const char *id;
	unsigned int flags;
	int command, registration; /* of membarrier; 0 for others, and where none is asked for */
	int (*open)(struct fence *f);
	int (*prepare)(struct fence *f);
	int (*heavy)(struct fence *f);
	void (*light)(struct fence *f);
	void (*close)(struct fence *f);
};

const struct technique *technique_find(const char *id);
const struct technique *technique_at(size_t index);
int fence_open(struct fence *f, const struct technique *technique, int cpu, uint64_t delay_ns);
void fence_close(struct fence *f);
int fence_delay_open(struct fence *f);
int fence_delay_heavy(struct fence *f);
int fence_fail(struct fence *f, int error, const char *what);
void technique_limit(const struct technique *technique, uint64_t budget_ns);
void technique_died(char *reason, size_t room, int signal, int status);

/*
 * fence_delay - wait for f->delay_ns without a barrier.
 *
 * It stores nothing, as reading the clock or a call would: that would fill the
 * store buffer that it is to leave alone, and wait for it. Later loads do not
 * begin before its end.
 */
static inline void fence_delay(const struct fence *f)
{
	const uint64_t start = arch_ticks(), ticks = (uint64_t)((double)f->delay_ns * f->ticks_per_ns);

	while (arch_ticks() - start < ticks)
		;
	arch_settle();
}

/*
 * Families, in the order in which tables print them. Each is the table
 * techniques_FAMILY[] in FAMILY.c, ended by an entry without id: a technique is
 * a row there, a family is a file and its name here.
 */
#define TECHNIQUE_FAMILIES(EACH) EACH(control) EACH(membarrier) EACH(tlb) EACH(thread) EACH(user)

#define TECHNIQUE_TABLE(family) extern const struct technique techniques_##family[];
TECHNIQUE_FAMILIES(TECHNIQUE_TABLE)
/* Broken on purpose: technique_find() finds them, technique_at() does not list them. */
TECHNIQUE_TABLE(mutant)

#endif
