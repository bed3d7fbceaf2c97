/* Pinning and priority of threads. */
#ifndef FENCELAB_THREAD_H
#define FENCELAB_THREAD_H

#include <stdbool.h>
#include <stdint.h>

/* How measuring threads are protected against other load. */
enum priority { PRIORITY_NONE, PRIORITY_AUTOGROUP, PRIORITY_FIFO };

/* Bursts of real-time work with pauses between them, both in ns; burst 0 means no pauses. */
struct duty {
	uint64_t burst_ns, pause_ns;
};

int thread_pin(int cpu);
int thread_sleeping(void);
int thread_fifo(int level);
int thread_place(int cpu, enum priority priority, int level);
int process_autogroup(void);
enum priority priority_apply(bool fifo_wanted, bool autogroup_wanted);
const char *priority_name(enum priority priority);
void thread_rescue(int tid, int cpu);
void threads_rescue(void);
void duty_choose(struct duty *duty, enum priority priority);

#endif
