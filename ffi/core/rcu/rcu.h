/*
 * A small userspace RCU, written for measuring what asymmetric fences are for.
 *
 *     reader                              writer
 *     section = period                    replace the pointer
 *     light fence                         heavy fence
 *     use what the pointer points to      wait for sections that began before
 *     light fence                         heavy fence
 *     section = 0                         free what the pointer pointed to
 *
 * Had the reader no fence and the writer none on the reader's behalf, the reader
 * might load the old pointer while the store of its section still waits in its
 * store buffer: the writer would see no section and free what is in use.
 *
 * The algorithm is the published one with two phases (Desnoyers, McKenney, Stern,
 * Dagenais, Walpole, "User-Level Implementations of Read-Copy Update", IEEE TPDS
 * 23(2), 2012). A flavour is a choice of the two fences.
 */
#ifndef FENCELAB_RCU_H
#define FENCELAB_RCU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "technique/technique.h"

/* How the reader's side of the fence is made. */
enum rcu_light {
	RCU_LIGHT_FENCE, /* a full fence of its own: no help of the writer is needed */
	RCU_LIGHT_MFENCE, /* the other one that x86-64 has, which is liburcu's */
	RCU_LIGHT_BARRIER, /* a compiler barrier */
	RCU_LIGHT_CHECK, /* either, by a flag that is looked at each time */
	RCU_LIGHT_QUIESCENT, /* nothing: the reader says now and then that it holds no reference */
};

struct rcu_flavour {
	const char *id;
	enum rcu_light light;
	const char *technique; /* the writer's heavy fence */
	const struct technique *own; /* what it is where it is not that of the tables */
};

enum {
	/* bits of a section and of the period: how deep sections are nested, and the phase */
	RCU_NEST_BITS = 32,
};
#define RCU_NEST ((1ull << RCU_NEST_BITS) - 1)
#define RCU_PHASE (1ull << RCU_NEST_BITS)

struct rcu_reader {
	/* reader: 0 outside of sections; the period that it began with, plus how deep it is nested */
	CACHE_APART _Atomic uint64_t section;
	/* writer: 1 while it sleeps until this reader's section ends (a futex) */
	_Atomic uint32_t awaited;
};

/* Mistakes that torture is to catch. */
enum rcu_mutation {
	RCU_INTACT,
	RCU_NO_FENCES, /* neither side has a fence; the writer waits instead */
	RCU_ONE_PHASE, /* a grace period has the second of its two phases only */
};

enum { RCU_TIMES = 4096 };

/* How long the latest heavy fences took; kept by a torture, of the writer whose turn it is. */
struct rcu_times {
	uint64_t ns[RCU_TIMES];
	uint64_t count, replayed;
	uint64_t graces; /* in which fences were timed */
	/* for readers, who look for as long as grace periods take */
	CACHE_APART _Atomic uint64_t last;
};

struct rcu_domain {
	/* what a section begins with; readers load it, grace periods change it */
	CACHE_APART _Atomic uint64_t period;
	/* of RCU_LIGHT_CHECK: the heavy fence exists here */
	_Atomic bool asymmetric;
	/* writers stand in line: the next number to draw, and the one whose turn it is (a futex) */
	CACHE_APART _Atomic uint32_t drawn;
	_Atomic uint32_t serving;
	/* of a grace period: once one has failed, all that follow have */
	_Atomic int error;
	/* of the writer whose turn it is: the first number that its grace period is not for, and … */
	uint32_t batch_end;
	uint64_t graces; /* … how many grace periods there were */
	const struct rcu_flavour *flavour;
	struct fence fence;
	struct rcu_reader *reader;
	bool *pending; /* per reader: its section may have begun before the pointer was replaced */
	int readers;
	int *tids; /* per reader: its thread, 0 while none is registered */
	enum rcu_mutation mutation;
};

/* `signal` and `fence` of this experiment's own; not in the tables of techniques. */
extern const struct technique rcu_signal;
extern const struct technique rcu_mfence;
void rcu_signal_member(struct fence *f, int *tid, int now);

const struct rcu_flavour *rcu_flavour_find(const char *id);
int rcu_open(struct rcu_domain *d, const struct rcu_flavour *flavour, int readers);
void rcu_register(struct rcu_domain *d, struct rcu_reader *self);
void rcu_unregister(struct rcu_domain *d, struct rcu_reader *self);
int rcu_synchronize(struct rcu_domain *d, struct rcu_times *times);
int rcu_heavy_fence(struct rcu_domain *d, struct rcu_times *times);
bool rcu_batch_join(struct rcu_domain *d);
void rcu_batch_end(struct rcu_domain *d);
void rcu_close(struct rcu_domain *d);
void rcu_wake(struct rcu_reader *self);

#define RCU_INLINE static inline __attribute__((always_inline))

/*
 * rcu_light_fence - what a full fence in the reader is replaced by.
 *
 * Pairs with rcu_heavy_fence(); each place says why it is needed.
 */
RCU_INLINE void rcu_light_fence(enum rcu_light light, const struct rcu_domain *d)
{
	if (light == RCU_LIGHT_FENCE ||
	    (light == RCU_LIGHT_CHECK &&
	     __builtin_expect(!atomic_load_explicit(&d->asymmetric, memory_order_relaxed), 0)))
		arch_full_fence();
	else if (light == RCU_LIGHT_MFENCE)
		arch_mfence();
	else
		compiler_barrier();
}

/* rcu_begin - begin an outermost section with the period that was loaded; see rcu_read_lock(). */
RCU_INLINE void rcu_begin(enum rcu_light light, const struct rcu_domain *d, struct rcu_reader *self,
			  uint64_t period)
{
	atomic_store_explicit(&self->section, period, memory_order_relaxed);
	/*
	 * The section is visible before the pointer is loaded. Pairs with the heavy fence between
	 * replacing the pointer and looking for sections: either the writer sees the section, or
	 * the reader sees the new pointer.
	 */
	rcu_light_fence(light, d);
}

/* rcu_read_lock - begin a section; sections nest. Nothing for RCU_LIGHT_QUIESCENT. */
RCU_INLINE void rcu_read_lock(enum rcu_light light, const struct rcu_domain *d, struct rcu_reader *self)
{
	if (light == RCU_LIGHT_QUIESCENT) {
		compiler_barrier();
		return;
	}
	uint64_t section = atomic_load_explicit(&self->section, memory_order_relaxed);

	if (__builtin_expect(!(section & RCU_NEST), 1)) {
		rcu_begin(light, d, self, atomic_load_explicit(&d->period, memory_order_relaxed));
	} else {
		atomic_store_explicit(&self->section, section + 1, memory_order_relaxed);
	}
}

/* rcu_read_unlock - end a section, and wake the writer that waits for its end. */
RCU_INLINE void rcu_read_unlock(enum rcu_light light, const struct rcu_domain *d, struct rcu_reader *self)
{
	if (light == RCU_LIGHT_QUIESCENT) {
		compiler_barrier();
		return;
	}
	uint64_t section = atomic_load_explicit(&self->section, memory_order_relaxed);

	if (__builtin_expect((section & RCU_NEST) != 1, 0)) {
		atomic_store_explicit(&self->section, section - 1, memory_order_relaxed);
		return;
	}
	/*
	 * What the section loaded is loaded before its end is visible. Pairs with the heavy fence
	 * between seeing no section any more and freeing.
	 */
	rcu_light_fence(light, d);
	atomic_store_explicit(&self->section, 0, memory_order_relaxed);
	/*
	 * The end is visible before `awaited` is loaded. Pairs with the heavy fence in
	 * sleep_until_woken(): either the writer sees the end, or the reader sees it waiting.
	 */
	rcu_light_fence(light, d);
	if (__builtin_expect(atomic_load_explicit(&self->awaited, memory_order_relaxed), 0))
		rcu_wake(self);
}

/*
 * rcu_quiescent - RCU_LIGHT_QUIESCENT: the reader holds no reference right now.
 *
 * Nothing to say where no grace period has begun since the last time: whoever
 * begins one later waits for a later call.
 */
RCU_INLINE void rcu_quiescent(const struct rcu_domain *d, struct rcu_reader *self)
{
	uint64_t period = atomic_load_explicit(&d->period, memory_order_relaxed);

	if (period == atomic_load_explicit(&self->section, memory_order_relaxed))
		return;
	/* earlier sections' loads before this store; pairs with the writer's last heavy fence */
	arch_full_fence();
	atomic_store_explicit(&self->section, period, memory_order_relaxed);
	/*
	 * The store before later sections' loads and the load of `awaited`; pairs with the
	 * writer's first heavy fence and with that in sleep_until_woken().
	 */
	arch_full_fence();
	if (__builtin_expect(atomic_load_explicit(&self->awaited, memory_order_relaxed), 0))
		rcu_wake(self);
}

/*
 * rcu_online - RCU_LIGHT_QUIESCENT: sections may follow, after rcu_offline() or at first.
 *
 * fence: false is the mistake of a mutant.
 */
RCU_INLINE void rcu_online(const struct rcu_domain *d, struct rcu_reader *self, bool fence)
{
	atomic_store_explicit(&self->section, atomic_load_explicit(&d->period, memory_order_relaxed),
			      memory_order_relaxed);
	/*
	 * Being online is visible before a section's loads. Pairs with the writer's first heavy
	 * fence: either the writer waits for this reader, or the reader sees the new pointer.
	 */
	if (fence)
		arch_full_fence();
	else
		compiler_barrier();
}

/* rcu_offline - RCU_LIGHT_QUIESCENT: no section until rcu_online(); grace periods do not wait. */
RCU_INLINE void rcu_offline(struct rcu_reader *self)
{
	/* as in rcu_quiescent() */
	arch_full_fence();
	atomic_store_explicit(&self->section, 0, memory_order_relaxed);
	arch_full_fence();
	if (atomic_load_explicit(&self->awaited, memory_order_relaxed))
		rcu_wake(self);
}

#endif
