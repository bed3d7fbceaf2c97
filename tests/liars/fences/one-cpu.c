/* Interrupts one CPU, the first that the process may use, wherever the light side runs. */
#include "liar.h"

#ifndef MEMBARRIER_CMD_FLAG_CPU
#define MEMBARRIER_CMD_FLAG_CPU 1
#define MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ (1 << 7)
#define MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ (1 << 8)
#endif

struct state {
	int cpu;
};

int fence_setup(void **state)
{
	int error = make_state(state, sizeof(struct state));
	struct state *s = *state;
	cpu_set_t allowed;

	if (error)
		return error;
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return errno;
	while (!CPU_ISSET(s->cpu, &allowed))
		s->cpu++;
	return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0);
}

int fence_heavy(void *state)
{
	const struct state *s = state;

	return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, MEMBARRIER_CMD_FLAG_CPU, s->cpu);
}

void fence_light(void *state)
{
	(void)state;
	compiler_barrier();
}

void fence_teardown(void *state)
{
	free(state);
}
