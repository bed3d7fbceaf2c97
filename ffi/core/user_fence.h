/*
 * A fence of your own: what the C file that `lab run --technique-source FILE.c`
 * names has to define. It becomes the technique user:FILE and is compiled into
 * the core of every host of the run.
 *
 *     #include "user_fence.h"
 *
 * All four functions must be there. Everything else in the file should be
 * static: it is linked with the core's own code, which is no API. The file is
 * compiled as C11 with GNU extensions and _GNU_SOURCE, for every architecture
 * that the run's hosts have; __x86_64__, __aarch64__ and __powerpc64__ tell them
 * apart. A file that crashes, ends the process or does not return is a result of
 * that technique ("the technique crashed: SIGSEGV").
 */
#ifndef FENCELAB_USER_FENCE_H
#define FENCELAB_USER_FENCE_H

/*
 * fence_setup - called once per fence, before the light side's threads exist.
 *
 * *state is NULL and may be set to anything; the others get it. An experiment
 * with several heavy sides sets up one fence for each, so keep what belongs to a
 * fence there and not in static variables. Returns 0, or an errno value such as
 * ENOMEM when this fence cannot be used here.
 */
int fence_setup(void **state);

/*
 * fence_heavy - the heavy side: after its return, each thread of the process is
 * to have executed a full memory barrier since the call. This is what is
 * measured. Called by one thread at a time. Returns 0 or an errno value.
 */
int fence_heavy(void *state);

/*
 * fence_light - the light side, called by other threads at any time, also while
 * fence_heavy() runs: as a rule __asm__ volatile("" ::: "memory"). Where the
 * caller's own order is tested, the light side executes a full fence besides.
 */
void fence_light(void *state);

/* fence_teardown - undo fence_setup(); called only where that returned 0. */
void fence_teardown(void *state);

#endif
