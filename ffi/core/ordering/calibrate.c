/*
 * Choosing the clog: the one under which a delay that lasts as long as the
 * technique does under that clog, and orders nothing, is caught most often. How
 * many stores fit is sharp and differs from machine to machine and with its load,
 * so it is tried out each time.
 */
#include "ordering/ordering.h"

enum {
	COARSE_TURNS = 32, /* of the technique; the delay makes three times as many */
	FINE_TURNS = 256,
	FINALISTS = 4,
	FIRST_TRIAL_TURNS = 48,
};

/* All candidates; how many. Store buffers have some 40 to 120 entries. */
static int all_clogs(struct clog *clogs)
{
	static const uint32_t counts[CLOG_COUNTS] = { 24, 32, 28, 20, 16, 12, 8, 4, 2 };
	int n = 0;

	for (int kind = CLOG_KINDS - 1; kind > CLOG_NONE; kind--)
		for (int i = 0; i < CLOG_COUNTS; i++)
			clogs[n++] = (struct clog){ .kind = (enum clog_kind)kind, .count = counts[i] };
	clogs[n++] = (struct clog){ .kind = CLOG_NONE };
	return n;
}

static double rate(const struct sb_count *count)
{
	return count->iterations ? (double)count->weak / (double)count->iterations : 0;
}

/* The best of those that are not finalists yet; NULL when none caught anything. */
static struct clog_trial *best_of(struct clog_calibration *c)
{
	struct clog_trial *best = NULL;

	for (int i = 0; i < c->trials; i++)
		if (c->trial[i].technique.iterations <= COARSE_TURNS && c->trial[i].delay.weak &&
		    (!best || rate(&c->trial[i].delay) > rate(&best->delay)))
			best = &c->trial[i];
	return best;
}

/* Technique and delay under one clog. What the technique let through is kept: it is proof here, too. */
static int try_one(struct sb *sb, struct fence *f, struct fence *delay, struct clog_trial *t,
		   uint64_t turns, uint64_t budget_ns, struct ordering_outcome *o)
{
	struct sb_count technique[SB_SIDES] = { { 0 } }, delayed[SB_SIDES] = { { 0 } };
	uint32_t ns[FINE_TURNS];
	struct sb_times times = { .ns = ns, .room = FINE_TURNS };
	struct sb_phase phase = { .clog = t->clog,
				  .iterations = turns,
				  .budget_ns = budget_ns / 3,
				  .count = technique,
				  .times = &times };
	int ret = sb_turns(sb, f, &phase), least = 0;

	for (int i = 0; i < sb->sides; i++) {
		o->first_weak += technique[i].weak;
		o->first += technique[i].iterations;
	}
	if (ret || !times.n)
		return ret;
	phase = (struct sb_phase){ .clog = t->clog,
				   .iterations = 3 * turns,
				   .budget_ns = budget_ns * 2 / 3,
				   .count = delayed,
				   .drawn = &times };
	ret = sb_turns(sb, delay, &phase);
	for (int i = 1; i < sb->sides; i++)
		if (rate(&delayed[i]) < rate(&delayed[least]))
			least = i;
	t->technique = technique[least];
	t->delay = delayed[least];
	return ret;
}

/*
 * ordering_first_clog - the clog under which a delay of delay->delay_ns is caught
 * most often, without any call of the technique. 0, or as sb_turns().
 */
int ordering_first_clog(struct sb *sb, struct fence *delay, uint64_t budget_ns, struct clog *chosen)
{
	struct clog clogs[CLOG_CANDIDATES];
	int n = all_clogs(clogs), ret = 0;
	double best = 0;

	for (int i = 0; i < n && !ret; i++) {
		struct sb_count count[SB_SIDES] = { { 0 } };
		struct sb_phase phase = { .clog = clogs[i],
					  .iterations = FIRST_TRIAL_TURNS,
					  .budget_ns = budget_ns / (uint64_t)n,
					  .count = count };

		ret = sb_turns(sb, delay, &phase);
		if (!ret && rate(&count[0]) > best) {
			best = rate(&count[0]);
			*chosen = clogs[i];
		}
	}
	return ret;
}

/*
 * ordering_calibrate - try all clogs with the technique and a delay as long, and choose.
 *
 * All are tried briefly, the best few again for longer: only those compete, so
 * that luck in a short trial does not decide. 0, or as sb_turns().
 */
int ordering_calibrate(struct sb *sb, struct fence *f, struct fence *delay, uint64_t budget_ns,
		       struct ordering_outcome *o)
{
	struct clog_calibration *c = &o->calibration;
	const struct clog_trial *winner = NULL;
	struct clog clogs[CLOG_CANDIDATES];
	int n = all_clogs(clogs), ret = 0;

	c->clog = (struct clog){ .kind = CLOG_NONE };
	for (c->trials = 0; c->trials < n && !ret; c->trials++) {
		struct clog_trial *t = &c->trial[c->trials];

		*t = (struct clog_trial){ .clog = clogs[c->trials] };
		ret = try_one(sb, f, delay, t, COARSE_TURNS, budget_ns / 2 / (uint64_t)n, o);
	}
	for (int i = 0; i < FINALISTS && !ret; i++) {
		struct clog_trial *t = best_of(c);

		if (!t)
			break;
		ret = try_one(sb, f, delay, t, FINE_TURNS, budget_ns / (2 * FINALISTS), o);
		if (!winner || rate(&t->delay) > rate(&winner->delay))
			winner = t;
	}
	if (winner)
		c->clog = winner->clog;
	return ret;
}
