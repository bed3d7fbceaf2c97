/* The heavy side of the store-buffering test: rates, costs and the witness. */
#include "ordering/sb.h"

#include <errno.h>

enum {
	CHECK_TURNS = 16, /* turns between two looks at the clock */
	JITTER = 32, /* idle loops, at most, that keep the sides from falling into step … */
	/* … and as many as last for a stint and a nap, so that each moment of those is met */
	HABIT_JITTER = 128 * 1024,
	WAIT_DEADLINE_S = 3,
};

/* sb_breathe - after a burst of real-time work, stop both sides for a while; 0 or -ETIMEDOUT. */
int sb_breathe(struct sb *sb, enum sb_order resume)
{
	uint64_t worked = now_ns() - sb->burst_start;

	if (!sb->duty.burst_ns || worked < sb->duty.burst_ns)
		return 0;
	int ret = sb_order(sb, SB_PAUSE);

	sleep_ns((uint64_t)((double)sb->duty.pause_ns * (double)worked / (double)sb->duty.burst_ns));
	sb->burst_start = now_ns();
	return ret ? ret : sb_order(sb, resume);
}

static void jitter(struct sb *sb)
{
	/* xorshift (Marsaglia 2003) */
	sb->random ^= sb->random << 13;
	sb->random ^= sb->random >> 7;
	sb->random ^= sb->random << 17;
	for (uint64_t n = sb->random % (sb->setup->habit == SB_SPIN ? JITTER : HABIT_JITTER); n; n--)
		compiler_barrier();
}

enum answer { ANSWER_STRONG, ANSWER_WEAK, ANSWER_MISSED, ANSWER_LOST };

/*
 * entry - wait for the light side's turn after `ry` and say what it read.
 *
 * Turn numbers are compared modulo 2^32: the log holds 16384 of them.
 */
static enum answer entry(const struct sb *sb, uint64_t ry, uint64_t i)
{
	const _Atomic uint64_t *slot = &sb->shared->log[(ry + 1) % SB_LOG];
	struct patience patience = { 0 };

	for (;;) {
		uint64_t word = atomic_load_explicit(slot, memory_order_relaxed);
		int32_t ahead = (int32_t)((uint32_t)(word >> 32) - (uint32_t)(ry + 1));

		/* an empty slot holds turn 0, which never comes: turns start from 1 */
		if (ahead == 0 && word >> 32)
			return (int32_t)((uint32_t)word - (uint32_t)i) < 0 ? ANSWER_WEAK : ANSWER_STRONG;
		if (ahead > 0)
			return ANSWER_MISSED;
		if (patience_lost(&patience, WAIT_DEADLINE_S * NSEC_PER_SEC))
			return ANSWER_LOST;
	}
}

/* later - wait until the light side has gone beyond turn `ry`. */
static enum answer later(const struct sb *sb, uint64_t ry)
{
	struct patience patience = { 0 };

	while (atomic_load_explicit(&sb->shared->y, memory_order_relaxed) <= ry)
		if (patience_lost(&patience, WAIT_DEADLINE_S * NSEC_PER_SEC))
			return ANSWER_LOST;
	return ANSWER_STRONG;
}

/*
 * cross - store to x, call the technique, load from y.
 *
 * The two controls that are one instruction at most stand in line: under
 * emulation a call alone takes longer than the reordering that they are to show.
 */
static uint64_t cross(struct sb_shared *shared, struct fence *f, uint64_t i, int *error)
{
	const struct technique *technique = f->technique;

	/* each barrier pairs with the light side's between its store and its load in light_turns() */
	if (technique->flags & (TECHNIQUE_NOTHING | TECHNIQUE_EARLY)) {
		atomic_store_explicit(&shared->x, i, memory_order_relaxed);
		compiler_barrier();
	} else if (technique->flags & TECHNIQUE_FENCE) {
		atomic_store_explicit(&shared->x, i, memory_order_relaxed);
		arch_full_fence();
	} else {
		atomic_store_explicit(&shared->x, i, memory_order_relaxed);
		*error = technique->heavy(f);
	}
	return atomic_load_explicit(&shared->y, memory_order_relaxed);
}

/* One turn of the heavy side; *error is the technique's. */
static enum answer turn(struct sb *sb, struct fence *f, int *error)
{
	struct sb_shared *shared = sb->shared;
	const struct technique *technique = f->technique;

	jitter(sb);
	if (technique->prepare) {
		*error = technique->prepare(f);
		if (*error)
			return ANSWER_LOST;
	}
	if (sb->setup->shape == SB_MESSAGE_PASSING) {
		uint64_t ry = atomic_load_explicit(&shared->y, memory_order_relaxed);

		/* pairs with the light side's barrier between its stores in light_turns() */
		*error = technique->heavy(f);
		uint64_t rx = atomic_load_explicit(&shared->x, memory_order_relaxed);

		if (*error || later(sb, ry) == ANSWER_LOST)
			return ANSWER_LOST;
		return rx < ry ? ANSWER_WEAK : ANSWER_STRONG;
	}
	if (technique->flags & TECHNIQUE_EARLY)
		*error = technique->heavy(f); /* the mutation: it orders nothing that comes later */
	uint64_t ry = cross(shared, f, ++sb->i, error);

	return *error ? ANSWER_LOST : entry(sb, ry, sb->i);
}

/* sb_settle - make the light side run with this clog; 0 or -ETIMEDOUT. */
int sb_settle(struct sb *sb, struct fence *f, struct clog clog)
{
	int ret = sb_order(sb, SB_PAUSE);

	if (ret)
		return ret;
	sb->shared->clog = (uint32_t)clog.kind;
	sb->shared->clogs = clog.kind == CLOG_NONE ? 0 : clog.count;
	if (!sb->burst_start)
		sb->burst_start = now_ns();
	/* a thread that exits now and then has another id each time */
	f->targets_all = sb->setup->habit == SB_EXIT;
	f->targets = &sb->shared->tid;
	f->ntargets = f->targets_all ? 0 : 1;
	return sb_order(sb, SB_RUN);
}

/*
 * sb_rate - count outcomes of up to `iterations` turns, within a time budget.
 *
 * Adds to *count. 0; the technique's -errno; or -ETIMEDOUT when the light side
 * does not get to run.
 */
int sb_rate(struct sb *sb, struct fence *f, struct clog clog, uint64_t iterations, uint64_t budget_ns,
	    struct sb_count *count)
{
	int ret = sb_settle(sb, f, clog), error = 0;
	uint64_t start = now_ns(), end = start + budget_ns, rested = 0;
	uint64_t first = atomic_load_explicit(&sb->shared->y, memory_order_relaxed);

	for (uint64_t n = 0; !ret && n < iterations; n++) {
		switch (turn(sb, f, &error)) {
		case ANSWER_WEAK:
			count->weak++;
			count->iterations++;
			break;
		case ANSWER_STRONG:
			count->iterations++;
			break;
		case ANSWER_MISSED:
			count->missed++;
			break;
		default:
			ret = error ? error : -ETIMEDOUT;
		}
		if (n % CHECK_TURNS)
			continue;
		uint64_t before = now_ns();

		if (before > end)
			break;
		ret = ret ? ret : sb_breathe(sb, SB_RUN);
		rested += now_ns() - before;
	}
	count->ns += now_ns() - start - rested;
	count->light_turns += atomic_load_explicit(&sb->shared->y, memory_order_relaxed) - first;
	/* so that the light side reports what happened to it */
	int paused = sb_order(sb, SB_PAUSE);

	return ret ? ret : paused;
}

/*
 * sb_cost - what the technique takes while the light side runs with this clog.
 *
 * Fills sample[], ns with the clock's own cost in it. Returns how many, or as sb_rate().
 */
int sb_cost(struct sb *sb, struct fence *f, struct clog clog, double *sample, int samples,
	    uint64_t budget_ns)
{
	int ret = sb_settle(sb, f, clog), n = 0;
	uint64_t end = now_ns() + budget_ns;

	while (!ret && n < samples) {
		uint64_t y = atomic_load_explicit(&sb->shared->y, memory_order_relaxed);

		/* the light side is in the middle of its turns: the buffer is full again */
		if (later(sb, y + 1) == ANSWER_LOST)
			return -ETIMEDOUT;
		if (f->technique->prepare)
			ret = f->technique->prepare(f);
		if (ret)
			return ret;
		atomic_store_explicit(&sb->shared->x, ++sb->i, memory_order_relaxed);
		uint64_t start = now_ns();

		ret = f->technique->heavy(f);
		uint64_t now = now_ns();

		sample[n++] = (double)(now - start);
		if (now > end)
			break;
		ret = ret ? ret : sb_breathe(sb, SB_RUN);
	}
	return ret ? ret : n;
}

static int looks(const struct sb *sb, uint64_t more)
{
	uint64_t until = atomic_load_explicit(&sb->shared->looks, memory_order_acquire) + more;
	struct patience patience = { 0 };

	/* pairs with the release store in sb_witness_loop() */
	while (atomic_load_explicit(&sb->shared->looks, memory_order_acquire) < until)
		if (patience_lost(&patience, WAIT_DEADLINE_S * NSEC_PER_SEC))
			return -ETIMEDOUT;
	return 0;
}

/*
 * sb_witness - in how many of the samples did the light side notice an interrupt?
 *
 * Returns the number of samples, with *hits; or as sb_rate().
 */
int sb_witness(struct sb *sb, struct fence *f, int samples, uint64_t budget_ns, int *hits)
{
	struct sb_shared *shared = sb->shared;
	uint64_t end = now_ns() + budget_ns;
	int ret = sb_order(sb, SB_WITNESS), n = 0;

	*hits = 0;
	while (!ret && n < samples) {
		if (f->technique->prepare)
			ret = f->technique->prepare(f);
		ret = ret ? ret : looks(sb, 2);
		uint64_t before = atomic_load_explicit(&shared->witnessed, memory_order_relaxed);

		ret = ret ? ret : f->technique->heavy(f);
		ret = ret ? ret : looks(sb, 2);
		if (ret)
			break;
		*hits += atomic_load_explicit(&shared->witnessed, memory_order_relaxed) != before;
		n++;
		if (now_ns() > end)
			break;
		ret = sb_breathe(sb, SB_WITNESS);
	}
	int paused = sb_order(sb, SB_PAUSE);

	ret = ret ? ret : paused;
	return ret ? ret : n;
}
