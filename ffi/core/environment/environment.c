/*
 * The facts about a host that controllers interpret: files of /proc and /sys as
 * they are, limits, CPUs. Reading them here gives remote hosts the same
 * treatment as the local one.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "environment/cpus.h"
#include "environment/program.h"
#include "environment/reading.h"
#include "experiments.h"
#include "kit/clock.h"
#include "protocol/frame.h"
#include "protocol/json.h"

/* Where a pattern matches nothing, it is reported as ENOENT under its own name. */
static const char *const patterns[] = {
	"/proc/cpuinfo",
	"/proc/cmdline",
	"/proc/version",
	"/proc/loadavg",
	"/proc/meminfo",
	"/proc/self/status",
	"/proc/self/cgroup",
	"/proc/self/mountinfo",
	"/proc/sys/kernel/sched_rt_runtime_us",
	"/proc/sys/kernel/sched_rt_period_us",
	"/proc/sys/kernel/sched_autogroup_enabled",
	"/proc/sys/kernel/perf_event_paranoid",
	"/proc/sys/kernel/kptr_restrict",
	"/proc/sys/kernel/osrelease",
	"/proc/sys/kernel/arch",
	"/proc/sys/kernel/seccomp/actions_avail",
	"/proc/device-tree/model",
	"/proc/device-tree/hypervisor/compatible",
	"/sys/devices/system/cpu/online",
	"/sys/devices/system/cpu/offline",
	"/sys/devices/system/cpu/possible",
	"/sys/devices/system/cpu/isolated",
	"/sys/devices/system/cpu/nohz_full",
	"/sys/devices/system/cpu/smt/active",
	"/sys/devices/system/cpu/smt/control",
	"/sys/devices/system/cpu/vulnerabilities/*",
	"/sys/devices/system/cpu/cpu[0-9]*/topology/core_id",
	"/sys/devices/system/cpu/cpu[0-9]*/topology/physical_package_id",
	"/sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list",
	"/sys/devices/system/cpu/cpu[0-9]*/topology/core_cpus_list",
	"/sys/devices/system/cpu/cpu[0-9]*/cache/index[0-9]*/level",
	"/sys/devices/system/cpu/cpu[0-9]*/cache/index[0-9]*/type",
	"/sys/devices/system/cpu/cpu[0-9]*/cache/index[0-9]*/shared_cpu_list",
	"/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor",
	"/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_driver",
	"/sys/devices/system/cpu/cpuidle/current_driver",
	"/sys/devices/system/node/node[0-9]*/cpulist",
	"/sys/kernel/mm/transparent_hugepage/enabled",
	"/sys/devices/system/clocksource/clocksource0/current_clocksource",
	"/sys/devices/system/clocksource/clocksource0/available_clocksource",
	"/sys/kernel/security/lockdown",
	"/sys/hypervisor/type",
	"/sys/hypervisor/guest_type",
	"/sys/hypervisor/uuid",
	"/sys/class/dmi/id/sys_vendor",
	"/sys/class/dmi/id/product_name",
	"/sys/class/dmi/id/board_vendor",
	"/sys/class/dmi/id/bios_vendor",
	"/sys/kernel/debug/x86/tlb_single_page_flush_ceiling",
	"/sys/kernel/realtime",
};

static void read_pattern(struct reading *reading, const char *pattern)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found) != 0) {
		/* permission problems of the directory show up in open() */
		reading_add(reading, pattern);
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		reading_add(reading, found.gl_pathv[i]);
	globfree(&found);
}

static void write_limit(struct json *j, const char *key, int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		json_null(j, key);
	else
		json_u64(j, key, limit.rlim_cur);
}

static void write_capabilities(struct json *j)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256], mask[32] = "";

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "CapEff: %31s", mask) == 1)
			break;
	if (status)
		fclose(status);
	json_string(j, "capEff", mask);
}

static void write_uname(struct json *j)
{
	struct utsname name;

	memset(&name, 0, sizeof(name));
	uname(&name);
	json_object(j, "uname");
	json_string(j, "sysname", name.sysname);
	json_string(j, "release", name.release);
	json_string(j, "version", name.version);
	json_string(j, "machine", name.machine);
	json_string(j, "nodename", name.nodename);
	json_object_end(j);
}

static void write_clock(struct json *j)
{
	struct clock_facts clock;

	clock_measure(&clock);
	json_object(j, "clock");
	json_string(j, "source", "CLOCK_MONOTONIC");
	json_double(j, "readNs", clock.read_ns);
	json_u64(j, "stepNs", clock.step_ns);
	json_object_end(j);
}

/* Insert a finished object text as a member. */
static void write_object(struct json *j, const char *key, struct json *object)
{
	json_object_end(object);
	json_raw(j, key, object);
}

/* environment_run - request=environment. */
int environment_run(struct request *r, int out)
{
	struct reading reading = { .buffer = malloc(READING_MAX) };
	struct json j;

	if (request_finish(r))
		return -EINVAL;
	if (!reading.buffer)
		return -ENOMEM;
	json_init(&reading.files);
	json_init(&reading.errors);
	json_object(&reading.files, NULL);
	json_object(&reading.errors, NULL);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		read_pattern(&reading, patterns[i]);
	reading_add_groups(&reading);
	free(reading.buffer);

	json_init(&j);
	json_object(&j, NULL);
	write_uname(&j);
	json_u64(&j, "uid", geteuid());
	write_capabilities(&j);
	json_i64(&j, "pageSize", sysconf(_SC_PAGESIZE));
	cpus_write(&j);
	cpus_write_list(&j, "possible", "/sys/devices/system/cpu/possible");
	json_object(&j, "limits");
	write_limit(&j, "memlock", RLIMIT_MEMLOCK);
	write_limit(&j, "rtprio", RLIMIT_RTPRIO);
	write_limit(&j, "nice", RLIMIT_NICE);
	json_object_end(&j);
	program_write(&j);
	write_object(&j, "files", &reading.files);
	write_object(&j, "errors", &reading.errors);
	write_clock(&j);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}
