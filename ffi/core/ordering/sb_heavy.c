/* The heavy side of the store-buffering test: turns, how long they take, and the witness. */
#include "ordering/sb.h"

#include <errno.h>

enum {
	CHECK_TURNS = 16, /* turns between two looks at the clock */
	JITTER = 32, /* idle loops, at most, that keep the sides from falling into step … */
	/* … and as many as last for a stint and a nap, so that each moment of those is met */
	HABIT_JITTER = 128 * 1024,
	WAIT_DEADLINE_S = 3,
	/* what a delay may be shorter than what was drawn for it: a part of it, and as many ns at least */
	BRIEF_PART = 20,
	BRIEF_NS = 100,
	/* turns that the light side makes between a call at the wrong place and what it should order */
	EARLY_TURNS = 2,
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
	for (uint64_t n = sb_random(&sb->random) % (sb->setup->habit == SB_SPIN ? JITTER : HABIT_JITTER); n;
	     n--)
		compiler_barrier();
}

enum answer { ANSWER_STRONG, ANSWER_WEAK, ANSWER_MISSED, ANSWER_LOST };

/*
 * logged - wait for the light side's turn `j` and get what it read of x.
 *
 * Turn numbers are compared modulo 2^32: the log holds 16384 of them.
 */
static enum answer logged(const struct sb_side *side, uint64_t j, uint32_t *rx)
{
	const _Atomic uint64_t *slot = &side->shared->log[j % SB_LOG];
	struct patience patience = { 0 };

	for (;;) {
		uint64_t word = atomic_load_explicit(slot, memory_order_relaxed);
		int32_t ahead = (int32_t)((uint32_t)(word >> 32) - (uint32_t)j);

		*rx = (uint32_t)word;
		/* an empty slot holds turn 0, which never comes: turns start from 1 */
		if (ahead == 0 && word >> 32)
			return ANSWER_STRONG;
		if (ahead > 0)
			return ANSWER_MISSED;
		if (patience_lost(&patience, WAIT_DEADLINE_S * NSEC_PER_SEC))
			return ANSWER_LOST;
	}
}

/* later - wait until the light side has gone beyond turn `ry`. */
static enum answer later(const struct sb_side *side, uint64_t ry)
{
	struct patience patience = { 0 };

	while (atomic_load_explicit(&side->shared->y, memory_order_relaxed) <= ry)
		if (patience_lost(&patience, WAIT_DEADLINE_S * NSEC_PER_SEC))
			return ANSWER_LOST;
	return ANSWER_STRONG;
}

/*
 * What the heavy side does before the call and after it, by shape; each access of
 * all light sides'. The call pairs with the light side's barrier in light_turns().
 */
static inline __attribute__((always_inline)) void before(struct sb *sb, uint64_t *read)
{
	for (int i = 0; i < sb->sides; i++) {
		struct sb_shared *shared = sb->side[i].shared;

		if (sb->setup->shape == SB_STORE_BUFFERING || sb->setup->shape == SB_MESSAGE_READING)
			atomic_store_explicit(&shared->x, sb->i, memory_order_relaxed);
		else
			read[i] = atomic_load_explicit(&shared->y, memory_order_relaxed);
	}
}

static inline __attribute__((always_inline)) void after(struct sb *sb, uint64_t *read, uint64_t *second)
{
	for (int i = 0; i < sb->sides; i++) {
		struct sb_shared *shared = sb->side[i].shared;

		switch (sb->setup->shape) {
		case SB_STORE_BUFFERING:
			read[i] = atomic_load_explicit(&shared->y, memory_order_relaxed);
			break;
		case SB_MESSAGE_PASSING:
			second[i] = atomic_load_explicit(&shared->x, memory_order_relaxed);
			break;
		case SB_LOAD_BUFFERING:
			atomic_store_explicit(&shared->x, sb->i, memory_order_relaxed);
			break;
		default:
			read[i] = atomic_load_explicit(&shared->y, memory_order_relaxed);
			atomic_store_explicit(&shared->flag, sb->i, memory_order_relaxed);
		}
	}
}

/*
 * call - the technique. Controls that are short stand in line: under emulation a
 * call alone takes longer than the reordering that they are to show, and it stores
 * a return address, for which a full store buffer has no room.
 */
static inline __attribute__((always_inline)) int call(struct fence *f)
{
	const unsigned int flags = f->technique->flags;

	if (flags & (TECHNIQUE_NOTHING | TECHNIQUE_EARLY))
		compiler_barrier();
	else if (flags & TECHNIQUE_FENCE)
		arch_full_fence();
	else if (flags & TECHNIQUE_DELAY)
		fence_delay(f);
	else
		return f->technique->heavy(f);
	return 0;
}

/* The verdict on one light side: what it read, or did, in the turn that matters. */
static enum answer judge(const struct sb *sb, int i, uint64_t read, uint64_t second)
{
	const struct sb_side *side = &sb->side[i];
	enum answer answer;
	uint32_t rx;

	switch (sb->setup->shape) {
	case SB_STORE_BUFFERING:
		answer = logged(side, read + 1, &rx);
		if (answer == ANSWER_STRONG && (int32_t)(rx - (uint32_t)sb->i) < 0)
			return ANSWER_WEAK;
		return answer;
	case SB_MESSAGE_PASSING:
		return second < read ? ANSWER_WEAK : later(side, read);
	case SB_LOAD_BUFFERING:
		/* the light side's first turn is still to come */
		if (read == 0)
			return later(side, read);
		answer = logged(side, read, &rx);
		if (answer == ANSWER_STRONG && (int32_t)(rx - (uint32_t)sb->i) >= 0)
			return ANSWER_WEAK;
		return answer;
	default:
		/* it counts what it sees itself */
		return later(side, read);
	}
}

/* Fill the caller's store buffer, in half of the turns: see clogging() in sb_light.c. */
static void clog_caller(struct sb *sb, struct clog clog)
{
	sb->clogged = clog.kind != CLOG_NONE && sb_random(&sb->random) & 1;
	if (!sb->clogged)
		return;
	for (uint32_t n = 0; n < clog.count; n++)
		clog_once(clog.kind, sb->lines, sb->at++);
}

/* A technique at the wrong place orders nothing that comes later, once the store buffer is full again. */
static int call_early(struct sb *sb, struct fence *f)
{
	int ret = f->technique->heavy(f);

	for (int i = 0; i < sb->sides && !ret; i++) {
		uint64_t y = atomic_load_explicit(&sb->side[i].shared->y, memory_order_relaxed);

		if (later(&sb->side[i], y + EARLY_TURNS) == ANSWER_LOST)
			ret = -ETIMEDOUT;
	}
	return ret;
}

/* What elapsed is, in ns net of what timing costs. */
static uint64_t net_ns(const struct sb *sb, uint64_t ticks)
{
	const double ns = (double)ticks / sb->ticks_per_ns - sb->read_ns;

	return ns > 0 ? (uint64_t)ns : 0;
}

/* Whether no store buffer holds clogs at this moment, as far as their owners say it. */
static bool all_idle(const struct sb *sb)
{
	if (sb->setup->clog_caller)
		return !sb->clogged;
	for (int i = 0; i < sb->sides; i++)
		if (atomic_load_explicit(&sb->side[i].shared->clogging, memory_order_relaxed))
			return false;
	return true;
}

/*
 * One turn of the heavy side; its length in *ns. 0, or as sb_turns().
 *
 * It is timed without a store and without a barrier, which would take part in
 * what is tested where the caller's store buffer is full.
 */
static int turn(struct sb *sb, struct fence *f, const struct sb_phase *phase, uint64_t *ns)
{
	bool caught = false;
	uint64_t read[SB_SIDES], second[SB_SIDES];
	int ret = 0;

	jitter(sb);
	if (f->technique->prepare)
		ret = f->technique->prepare(f);
	if (!ret && f->technique->flags & TECHNIQUE_EARLY)
		ret = call_early(sb, f);
	if (ret)
		return ret;
	sb->i++;
	if (sb->setup->clog_caller)
		clog_caller(sb, phase->clog);
	const bool idle = all_idle(sb);
	const uint64_t start = arch_ticks();

	before(sb, read);
	compiler_barrier();
	ret = call(f);
	compiler_barrier();
	after(sb, read, second);
	arch_settle();
	*ns = net_ns(sb, arch_ticks() - start);
	const bool still_idle = all_idle(sb);

	for (int i = 0; i < sb->sides && !ret; i++) {
		struct sb_count *count = &phase->count[i];

		switch (judge(sb, i, read[i], second[i])) {
		case ANSWER_WEAK:
			caught = true;
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
			ret = -ETIMEDOUT;
		}
	}
	if (phase->idle && idle && still_idle)
		hist_add(phase->idle, *ns * 1000);
	if (phase->caught && caught)
		hist_add(phase->caught, *ns * 1000);
	return ret;
}

/* sb_settle - make the light sides run with this clog; 0 or -ETIMEDOUT. */
int sb_settle(struct sb *sb, struct fence *f, struct clog clog)
{
	int ret = sb_order(sb, SB_PAUSE);

	if (ret)
		return ret;
	for (int i = 0; i < sb->sides; i++) {
		struct sb_shared *shared = sb->side[i].shared;
		const bool clogged = clog.kind != CLOG_NONE && !sb->setup->clog_caller;

		shared->clog = clogged ? (uint32_t)clog.kind : CLOG_NONE;
		shared->clogs = clogged ? clog.count : 0;
		sb->targets[i] = shared->tid;
	}
	if (!sb->burst_start)
		sb->burst_start = now_ns();
	/* a thread that exits now and then has another id each time */
	f->targets_all = sb->setup->habit == SB_EXIT;
	f->targets = sb->targets;
	f->ntargets = f->targets_all ? 0 : sb->sides;
	return sb_order(sb, SB_RUN);
}

/* What the light sides report at a PAUSE, as if it were counted since they started. */
static void take(const struct sb *sb, struct sb_count *count, bool back)
{
	for (int i = 0; i < sb->sides; i++) {
		const struct sb_shared *shared = sb->side[i].shared;
		const uint64_t sign = back ? -1ull : 1;

		/* of a light side that exits each life counts its own */
		if (sb->setup->habit != SB_EXIT) {
			count[i].interrupts += sign * shared->interrupts;
			count[i].involuntary += sign * shared->involuntary;
		}
		count[i].weak += sign * shared->disorder;
		count[i].light_turns += sign * atomic_load_explicit(&shared->y, memory_order_relaxed);
	}
}

/* Have the delay last as long as one of the turns that were drawn from. */
static uint32_t draw(struct sb *sb, struct fence *f, const struct sb_phase *phase)
{
	const struct sb_times *drawn = phase->drawn;
	uint32_t ns = drawn->ns[sb_random(&sb->random) % drawn->n];
	/* what calling it and leaving its loop takes */
	const uint32_t overhead = (uint32_t)(2 * sb->read_ns);

	f->delay_ns = ns > overhead ? ns - overhead : 0;
	return ns;
}

static void keep(struct sb_phase *phase, uint64_t ns, uint32_t drawn)
{
	if (phase->times && phase->times->n < phase->times->room)
		phase->times->ns[phase->times->n++] = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
	if (phase->hist)
		hist_add(phase->hist, ns * 1000);
	phase->brief += ns + BRIEF_NS < drawn && ns + drawn / BRIEF_PART < drawn;
}

/*
 * sb_turns - up to phase->iterations turns, within a time budget.
 *
 * 0; the technique's -errno; or -ETIMEDOUT when a light side does not get to run.
 * Both sides rest afterwards: what the light sides report belongs to these turns.
 */
int sb_turns(struct sb *sb, struct fence *f, struct sb_phase *phase)
{
	int ret = sb_settle(sb, f, phase->clog);

	if (ret)
		return ret;
	/* reported at the PAUSE of sb_settle() */
	take(sb, phase->count, true);
	uint64_t start = now_ns(), end = start + phase->budget_ns, rested = 0;

	for (uint64_t n = 0; !ret && n < phase->iterations; n++) {
		uint32_t drawn = phase->drawn && phase->drawn->n ? draw(sb, f, phase) : 0;
		uint64_t ns = 0;

		phase->calls++;
		ret = turn(sb, f, phase, &ns);
		if (!ret)
			keep(phase, ns, drawn);
		if (n % CHECK_TURNS)
			continue;
		uint64_t now = now_ns();

		if (now > end)
			break;
		ret = ret ? ret : sb_breathe(sb, SB_RUN);
		rested += now_ns() - now;
	}
	const uint64_t worked = now_ns() - start - rested;
	int paused = sb_order(sb, SB_PAUSE);

	take(sb, phase->count, false);
	for (int i = 0; i < sb->sides; i++)
		phase->count[i].ns += worked;
	return ret ? ret : paused;
}

static int looks(const struct sb_side *side, uint64_t more)
{
	uint64_t until = atomic_load_explicit(&side->shared->looks, memory_order_acquire) + more;
	struct patience patience = { 0 };

	/* pairs with the release store in sb_witness_loop() */
	while (atomic_load_explicit(&side->shared->looks, memory_order_acquire) < until)
		if (patience_lost(&patience, WAIT_DEADLINE_S * NSEC_PER_SEC))
			return -ETIMEDOUT;
	return 0;
}

static int all_look(const struct sb *sb)
{
	int ret = 0;

	for (int i = 0; i < sb->sides && !ret; i++)
		ret = looks(&sb->side[i], 2);
	return ret;
}

/*
 * sb_witness - in how many of the samples did every light side notice an interrupt?
 *
 * Returns the number of samples, with *hits; or as sb_turns().
 */
int sb_witness(struct sb *sb, struct fence *f, int samples, uint64_t budget_ns, int *hits)
{
	uint64_t end = now_ns() + budget_ns, witnessed[SB_SIDES];
	int ret = sb_order(sb, SB_WITNESS), n = 0;

	*hits = 0;
	while (!ret && n < samples) {
		bool all = true;

		if (f->technique->prepare)
			ret = f->technique->prepare(f);
		ret = ret ? ret : all_look(sb);
		for (int i = 0; i < sb->sides; i++)
			witnessed[i] =
				atomic_load_explicit(&sb->side[i].shared->witnessed, memory_order_relaxed);
		ret = ret ? ret : f->technique->heavy(f);
		ret = ret ? ret : all_look(sb);
		if (ret)
			break;
		for (int i = 0; i < sb->sides; i++)
			all = all && atomic_load_explicit(&sb->side[i].shared->witnessed,
							  memory_order_relaxed) != witnessed[i];
		*hits += all;
		n++;
		if (now_ns() > end)
			break;
		ret = sb_breathe(sb, SB_WITNESS);
	}
	int paused = sb_order(sb, SB_PAUSE);

	ret = ret ? ret : paused;
	return ret ? ret : n;
}
