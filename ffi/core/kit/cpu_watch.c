/*
 * Watches who runs on a CPU, by perf's records of context switches.
 *
 * An idle CPU keeps the address space of the last process that it ran, and so do
 * kernel threads (Documentation/mm/active_mm.rst). It is lost when another process runs.
 */
#include "kit/cpu_watch.h"

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "kit/sys.h"

enum {
	RING_PAGES = 16, /* of records, a power of two: some thousand switches */
	/* the initial namespace of process ids: in others, perf calls strangers 0, as it calls idling */
	PROC_PID_INIT_INO = 0xeffffffc, /* include/linux/proc_ns.h */
	PF_KTHREAD = 0x00200000, /* include/linux/sched.h */
};

/*
 * PERF_RECORD_SWITCH_CPU_WIDE (linux/perf_event.h). An idle CPU writes none for
 * idling itself (seen on 6.18), so a record's own thread tells who came, not the other's.
 */
struct switch_record {
	struct perf_event_header header;
	uint32_t other_pid, other_tid; /* who went, where header.misc lacks SWITCH_OUT */
	uint32_t pid, tid; /* who came then (sample_id_all) */
};

static bool ids_are_global(void)
{
	struct stat namespace;

	return stat("/proc/self/ns/pid", &namespace) == 0 &&
	       namespace.st_ino == (ino_t)(unsigned int)PROC_PID_INIT_INO;
}

/*
 * cpu_watch_open - watch a CPU on which the calling thread runs, before it leaves.
 *
 * 0, or -errno: EACCES and EPERM without a right to the events of whole CPUs,
 * EXDEV in a namespace of process ids.
 */
int cpu_watch_open(struct cpu_watch *watch, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TID,
		.sample_id_all = 1,
		.context_switch = 1,
	};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	*watch = (struct cpu_watch){ .size = (1 + RING_PAGES) * page };
	if (!ids_are_global())
		return -EXDEV;
	watch->fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (watch->fd < 0)
		return -errno;
	void *ring = mmap(NULL, watch->size, PROT_READ | PROT_WRITE, MAP_SHARED, watch->fd, 0);

	if (ring == MAP_FAILED) {
		int ret = -errno;

		close(watch->fd);
		return ret;
	}
	watch->ring = ring;
	return 0;
}

/* A thread that has ended counts as no kernel thread. */
static bool is_kernel_thread(uint32_t pid)
{
	char path[32], line[512] = "";
	unsigned int flags = 0;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	FILE *stat = fopen(path, "re");

	if (!stat)
		return false;
	const char *name_end = fgets(line, sizeof(line), stat) ? strrchr(line, ')') : NULL;

	fclose(stat);
	return name_end && sscanf(name_end, ") %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
	       flags & PF_KTHREAD;
}

static uint64_t records_end(const struct cpu_watch *watch)
{
	const struct perf_event_mmap_page *head = watch->ring;

	if (!head)
		return 0;
	/* pairs with the kernel's barrier between the records and data_head (linux/perf_event.h) */
	return __atomic_load_n(&head->data_head, __ATOMIC_ACQUIRE);
}

/* cpu_watch_left - this process has left the CPU by now; others may have come already. */
void cpu_watch_left(struct cpu_watch *watch)
{
	watch->left = records_end(watch);
}

/* Nobody takes records out, so the ring is full once it has been filled. */
static size_t ring_bytes(const struct cpu_watch *watch)
{
	return watch->size / (1 + RING_PAGES) * RING_PAGES;
}

/* A record may begin at the end of the ring and go on at its beginning. */
static void copy_record(const struct cpu_watch *watch, uint64_t at, struct switch_record *record)
{
	size_t ring = ring_bytes(watch);
	const char *data = (const char *)watch->ring + watch->size - ring;

	for (size_t i = 0; i < sizeof(*record); i++)
		((char *)record)[i] = data[(at + i) % ring];
}

/*
 * cpu_watch_kept - what the CPU has done since this process left it, until now.
 *
 * A process that takes the CPU from a thread that came back counts, too: the
 * thread's next turn begins with an ordinary change of address spaces.
 */
enum cpu_kept cpu_watch_kept(const struct cpu_watch *watch)
{
	uint64_t end = records_end(watch);
	bool back = false, forgot = false;
	struct switch_record record;

	for (uint64_t at = 0; at < end; at += record.header.size) {
		copy_record(watch, at, &record);
		if (record.header.type != PERF_RECORD_SWITCH_CPU_WIDE)
			break; /* records were lost */
		if (record.header.misc & PERF_RECORD_MISC_SWITCH_OUT || record.pid == 0)
			continue;
		if (record.pid == (uint32_t)getpid()) {
			back = at >= watch->left;
			forgot = forgot && back; /* else it had not left yet */
		} else if (!is_kernel_thread(record.pid)) {
			forgot = true;
		}
	}
	if (forgot)
		return CPU_FORGOT;
	return back && end + sizeof(record) <= ring_bytes(watch) ? CPU_KEPT : CPU_KEPT_UNKNOWN;
}

void cpu_watch_close(struct cpu_watch *watch)
{
	if (!watch->ring)
		return;
	munmap(watch->ring, watch->size);
	close(watch->fd);
	watch->ring = NULL;
}
