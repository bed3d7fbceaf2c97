/* Pinning, SCHED_FIFO below the real-time throttle, own autogroup. */
#include "kit/thread.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kit/clock.h"
#include "kit/sys.h"
#include "protocol/frame.h"

/* thread_pin - keep the calling thread on one CPU; 0 or -errno (EINVAL: not allowed or offline). */
int thread_pin(int cpu)
{
	cpu_set_t *set = CPU_ALLOC((size_t)cpu + 1);
	size_t size = CPU_ALLOC_SIZE((size_t)cpu + 1);

	if (!set)
		return -ENOMEM;
	CPU_ZERO_S(size, set);
	CPU_SET_S((size_t)cpu, size, set);
	int ret = sched_setaffinity(0, size, set) ? -errno : 0;

	CPU_FREE(set);
	return ret;
}

static void *sleeper(void *unused)
{
	(void)unused;
	for (;;)
		sleep_ns(NSEC_PER_SEC);
	return NULL;
}

/* thread_sleeping - a second user of the address space, until the process ends; 0 or -errno. */
int thread_sleeping(void)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, sleeper, NULL);
}

/* thread_fifo - SCHED_FIFO for the calling thread; 0 or -errno (EPERM: no right to it). */
int thread_fifo(int level)
{
	struct sched_param param = { .sched_priority = level };

	return sched_setscheduler(0, SCHED_FIFO, &param) ? -errno : 0;
}

/* thread_place - put the calling thread on a CPU and, where the measurement's threads are real-time ones, on a level; 0 or -errno. */
int thread_place(int cpu, enum priority priority, int level)
{
	int ret = thread_pin(cpu);

	if (!ret && priority == PRIORITY_FIFO)
		ret = thread_fifo(level);
	return ret;
}

/*
 * process_autogroup - favour this session over all others; 0 or -errno.
 *
 * The worker leads a session of its own, hence an autogroup of its own
 * (sched(7)); without autogroups the nice value alone has to do. Nothing needs
 * restoring: both end with the process.
 */
int process_autogroup(void)
{
	if (setpriority(PRIO_PROCESS, 0, -20) != 0)
		return -errno;
	int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	int ret = write_all(fd, "-20", 3);

	close(fd);
	return ret;
}

/*
 * priority_apply - protect the calling process as well as it is allowed to.
 *
 * SCHED_FIFO is only tried out here: threads take their own level by
 * thread_fifo(), the caller goes back to SCHED_OTHER.
 */
enum priority priority_apply(bool fifo_wanted, bool autogroup_wanted)
{
	if (fifo_wanted && thread_fifo(1) == 0) {
		struct sched_param param = { .sched_priority = 0 };

		sched_setscheduler(0, SCHED_OTHER, &param);
		return PRIORITY_FIFO;
	}
	if (autogroup_wanted && process_autogroup() == 0)
		return PRIORITY_AUTOGROUP;
	return PRIORITY_NONE;
}

const char *priority_name(enum priority priority)
{
	return priority == PRIORITY_FIFO ? "fifo" : priority == PRIORITY_AUTOGROUP ? "autogroup" : "none";
}

static double sysctl_number(const char *path, double otherwise)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return otherwise;
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	return n > 0 ? strtod(text, NULL) : otherwise;
}

/*
 * duty_choose - bursts and pauses that stay below the real-time throttle.
 *
 * The kernel lets real-time tasks have sched_rt_runtime_us of every
 * sched_rt_period_us (950 of 1000 ms by default, Documentation/scheduler/
 * sched-rt-group.rst) and takes the CPU away beyond that. A burst of 40 ms with
 * a pause that leaves 5 % more than the throttle asks for never meets it, and
 * leaves other tasks of the machine a turn every 40 ms.
 */
void duty_choose(struct duty *duty, enum priority priority)
{
	const double burst = 40e6;
	double period = sysctl_number("/proc/sys/kernel/sched_rt_period_us", 1e6);
	double runtime = sysctl_number("/proc/sys/kernel/sched_rt_runtime_us", 0.95e6);
	double share = runtime < 0 || period <= 0 ? 0.95 : runtime / period;

	duty->burst_ns = duty->pause_ns = 0;
	if (priority != PRIORITY_FIFO)
		return;
	share = share > 0.95 ? 0.9 : share * 0.95;
	if (share < 0.05)
		share = 0.05;
	duty->burst_ns = (uint64_t)burst;
	duty->pause_ns = (uint64_t)(burst / share - burst);
}

/*
 * thread_rescue - let a thread that a more urgent one keeps off its CPU run on another.
 *
 * Even to die a thread needs a CPU. tid: of any thread, also of another process.
 */
void thread_rescue(int tid, int cpu)
{
	struct sched_param param = { .sched_priority = 0 };
	cpu_set_t *set = CPU_ALLOC((size_t)cpu + 1);
	size_t size = CPU_ALLOC_SIZE((size_t)cpu + 1);

	sched_setscheduler(tid, SCHED_OTHER, &param);
	if (!set)
		return;
	CPU_ZERO_S(size, set);
	CPU_SET_S((size_t)cpu, size, set);
	sched_setaffinity(tid, size, set);
	CPU_FREE(set);
}

/* threads_rescue - the same for all other threads of this process, onto the caller's CPU. */
void threads_rescue(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *entry;

	if (!tasks)
		return;
	while ((entry = readdir(tasks))) {
		int tid = atoi(entry->d_name);

		if (tid > 0 && tid != sys_gettid())
			thread_rescue(tid, sched_getcpu());
	}
	closedir(tasks);
}
