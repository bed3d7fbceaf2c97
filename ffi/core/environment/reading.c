/* Reads files and the limits of control groups. */
#include "environment/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Limits that a control group may set; looked for in the group itself and all its ancestors. */
static const char *const group_files[] = {
	"cpu.max",	     "cpuset.cpus.effective", "memory.max",
	"pids.max",	     "cpu.cfs_quota_us",      "cpu.cfs_period_us",
	"cpu.rt_runtime_us", "cpuset.cpus",	      "memory.limit_in_bytes",
};

/* reading_add - a file's whole text, or the error of reading it; cut at 256 KiB. */
void reading_add(struct reading *reading, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t length = 0;
	ssize_t n = 0;

	while (fd >= 0 && length < READING_MAX) {
		n = read(fd, reading->buffer + length, READING_MAX - length);
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	if (fd < 0 || n < 0)
		json_errno(&reading->errors, path, errno);
	else
		json_bytes(&reading->files, path, reading->buffer, length);
	if (fd >= 0)
		close(fd);
}

static void read_group_limits(struct reading *reading, const char *mount, const char *group)
{
	char path[1024], file[1100];

	if (snprintf(path, sizeof(path), "%s%s", mount, group) >= (int)sizeof(path))
		return;
	for (size_t shortest = strlen(mount);;) {
		size_t length = strlen(path);

		while (length > shortest && path[length - 1] == '/')
			path[--length] = '\0';
		for (size_t i = 0; i < sizeof(group_files) / sizeof(group_files[0]); i++) {
			snprintf(file, sizeof(file), "%s/%s", path, group_files[i]);
			if (access(file, F_OK) == 0)
				reading_add(reading, file);
		}
		char *slash = strrchr(path, '/');

		if (!slash || (size_t)(slash - path) < shortest)
			return;
		*slash = '\0';
	}
}

/* One line of /proc/self/cgroup: "9:cpu,cpuacct:/group" (v1) or "0::/group" (v2). */
static void read_group(struct reading *reading, char *line)
{
	static const char *const v2[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	char *controllers = strchr(line, ':'), *group, mount[128];

	if (!controllers || !(group = strchr(controllers + 1, ':')))
		return;
	*controllers++ = '\0';
	*group++ = '\0';
	group[strcspn(group, "\n")] = '\0';
	if (!*controllers) {
		for (size_t i = 0; i < 2; i++) {
			snprintf(mount, sizeof(mount), "%s/cgroup.controllers", v2[i]);
			if (access(mount, F_OK) == 0)
				read_group_limits(reading, v2[i], group);
		}
		return;
	}
	for (char *save, *one = strtok_r(controllers, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		if (strcmp(one, "cpu") != 0 && strcmp(one, "cpuset") != 0 && strcmp(one, "memory") != 0)
			continue;
		snprintf(mount, sizeof(mount), "/sys/fs/cgroup/%.60s", one);
		read_group_limits(reading, mount, group);
	}
}

/* reading_add_groups - limits of this process's control groups and their ancestors. */
void reading_add_groups(struct reading *reading)
{
	FILE *groups = fopen("/proc/self/cgroup", "re");
	char line[1024];

	while (groups && fgets(line, sizeof(line), groups))
		read_group(reading, line);
	if (groups)
		fclose(groups);
}
