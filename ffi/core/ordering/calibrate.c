/*
 * Choosing the clog: the one under which a delay as long as the technique, which
 * orders nothing, is caught most often. How many stores fit is sharp and differs
 * from machine to machine and with its load, so it is tried out each time.
 */
#include "ordering/ordering.h"

#include <string.h>

enum {
	COARSE_TURNS = 100,
	FINE_TURNS = 600,
	FINALISTS = 3,
	SHORTENINGS = 5,
};

/* ordering_clogs - all candidates; how many. Store buffers have some 40 to 120 entries. */
int ordering_clogs(struct clog *clogs)
{
	static const uint32_t counts[CLOG_COUNTS] = { 2, 4, 8, 12, 16, 20, 24, 28, 32 };
	int n = 0;

	clogs[n++] = (struct clog){ .kind = CLOG_NONE };
	for (int kind = CLOG_NONE + 1; kind < CLOG_KINDS; kind++)
		for (int i = 0; i < CLOG_COUNTS; i++)
			clogs[n++] = (struct clog){ .kind = (enum clog_kind)kind, .count = counts[i] };
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
		if (c->trial[i].count.iterations <= COARSE_TURNS && c->trial[i].count.weak &&
		    (!best || rate(&c->trial[i].count) > rate(&best->count)))
			best = &c->trial[i];
	return best;
}

static int try_all(struct sb *sb, struct fence *delay, uint64_t budget_ns, struct clog_calibration *c)
{
	struct clog clogs[CLOG_CANDIDATES];
	int n = ordering_clogs(clogs), ret = 0;

	for (c->trials = 0; c->trials < n && !ret; c->trials++) {
		struct clog_trial *t = &c->trial[c->trials];

		memset(t, 0, sizeof(*t));
		t->clog = clogs[c->trials];
		ret = sb_rate(sb, delay, t->clog, COARSE_TURNS, budget_ns / (uint64_t)n, &t->count);
	}
	return ret;
}

/*
 * ordering_calibrate - try all clogs with a delay of c->delay_ns and choose.
 *
 * All are tried briefly, the best few again for longer: only those compete, so
 * that luck in a short trial does not decide. Where none catches a delay of that
 * length, shorter ones are tried: the clog that reaches furthest is the best
 * choice then, too. 0, or as sb_rate().
 */
int ordering_calibrate(struct sb *sb, struct fence *delay, uint64_t budget_ns, struct clog_calibration *c)
{
	const struct clog_trial *winner = NULL;
	int ret = 0;

	c->clog = (struct clog){ .kind = CLOG_NONE };
	for (int i = 0; i < SHORTENINGS && !ret; i++) {
		delay->delay_ns = c->delay_ns;
		ret = try_all(sb, delay, budget_ns / (2 * SHORTENINGS), c);
		if (ret || best_of(c))
			break;
		c->delay_ns = c->delay_ns * 3 / 4;
	}
	for (int i = 0; i < FINALISTS && !ret; i++) {
		struct clog_trial *t = best_of(c);

		if (!t)
			break;
		memset(&t->count, 0, sizeof(t->count));
		ret = sb_rate(sb, delay, t->clog, FINE_TURNS, budget_ns / (2 * FINALISTS), &t->count);
		if (!winner || rate(&t->count) > rate(&winner->count))
			winner = t;
	}
	if (winner)
		c->clog = winner->clog;
	return ret;
}
