/* Which CPUs there are for the lab: looked at before and after each step of a run. */
#include "environment/cpus.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>

#include "experiments.h"
#include "protocol/frame.h"

enum { CPUS_MAX = 8192 };

/* cpus_write_list - a sysfs CPU list ("0-3,8") as JSON numbers. */
void cpus_write_list(struct json *j, const char *key, const char *path)
{
	FILE *file = fopen(path, "re");
	int first, last;
	char separator;

	json_array(j, key);
	while (file && fscanf(file, "%d", &first) == 1) {
		last = first;
		if (fscanf(file, "-%d", &last) < 0)
			last = first;
		for (int cpu = first; cpu <= last && cpu < CPUS_MAX; cpu++)
			json_i64(j, NULL, cpu);
		if (fscanf(file, "%c", &separator) != 1 || separator != ',')
			break;
	}
	json_array_end(j);
	if (file)
		fclose(file);
}

static void write_allowed(struct json *j)
{
	unsigned long words[CPUS_MAX / (8 * sizeof(unsigned long))] = { 0 };
	cpu_set_t *set = (cpu_set_t *)words;

	json_array(j, "allowed");
	if (sched_getaffinity(0, sizeof(words), set) == 0)
		for (size_t cpu = 0; cpu < CPUS_MAX; cpu++)
			if (CPU_ISSET_S(cpu, sizeof(words), set))
				json_i64(j, NULL, (int64_t)cpu);
	json_array_end(j);
}

/*
 * cpus_write - the CPUs that are online, and those that this process may use.
 *
 * The kernel leaves CPUs that are offline, or outside of the cpuset, out of its answer.
 */
void cpus_write(struct json *j)
{
	cpus_write_list(j, "online", "/sys/devices/system/cpu/online");
	write_allowed(j);
}

/* cpus_run - request=cpus. */
int cpus_run(struct request *r, int out)
{
	struct json j;

	if (request_finish(r))
		return -EINVAL;
	json_init(&j);
	json_object(&j, NULL);
	cpus_write(&j);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}
