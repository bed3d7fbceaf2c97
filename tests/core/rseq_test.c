/* Restartable sections: left when told to, restarted by a signal, and given back to the kernel. */
#include "check.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "rseq/section.h"

/* What the handler tells the section; handlers are given nothing. */
static _Atomic uint32_t order;

static void on_alarm(int number)
{
	(void)number;
	atomic_store(&order, 2);
}

static void test_leaving(struct rseq_place *place)
{
	_Atomic uint64_t progress = 0;
	bool restarted = true;

	/* the order is another one already: one turn, unless it is preempted in it */
	for (int i = 0; i < 1000 && restarted; i++)
		restarted = rseq_stay(place, &progress, 7, &order, 5);
	CHECK(!restarted);
	CHECK(atomic_load(&progress) == 7);
	CHECK(atomic_load(&place->area->section) == 0);
}

static void test_restarting(struct rseq_place *place)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value = { .tv_usec = 2000 } };
	_Atomic uint64_t progress = 0;

	sigaction(SIGALRM, &action, NULL);
	atomic_store(&order, 1);
	setitimer(ITIMER_REAL, &soon, NULL);
	/* preemption may restart it first; it ends by the signal, which restarts it, too */
	while (atomic_load(&order) == 1)
		CHECK(rseq_stay(place, &progress, 1, &order, 1));
	CHECK(atomic_load(&progress) > 1);
}

void test_rseq(void)
{
	struct rseq_place place;

	/* a kernel without CONFIG_RSEQ, or a sanitizer's own registration */
	if (rseq_enter(&place))
		return;
	test_leaving(&place);
	test_restarting(&place);
	CHECK(rseq_leave(&place) == 0);
}
