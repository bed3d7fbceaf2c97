/* Makes, sets up and removes tracefs instances; removes those whose owner died. */
#include "capture/instance.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "fencelab-"

/* instance_write - write a control file below the instance; 0 or -errno. */
int instance_write(const struct instance *instance, const char *path, const char *text)
{
	int fd = openat(instance->fd, path, O_WRONLY | O_CLOEXEC | O_TRUNC);

	if (fd < 0)
		return -errno;
	ssize_t n = write(fd, text, strlen(text));
	int ret = n < 0 ? -errno : 0;

	/* some control files report only here */
	return close(fd) != 0 && !ret ? -errno : ret;
}

/* instance_read - read a control file as text; number of bytes or -errno. */
int instance_read(const struct instance *instance, const char *path, char *text, size_t room)
{
	int fd = openat(instance->fd, path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	while (length + 1 < room && (n = read(fd, text + length, room - 1 - length)) > 0)
		length += (size_t)n;
	int ret = n < 0 ? -errno : (int)length;

	text[length] = '\0';
	close(fd);
	return ret;
}

/* instance_tracing - let the buffer take events, or not; 0 or -errno. */
int instance_tracing(const struct instance *instance, int on)
{
	return instance_write(instance, "tracing_on", on ? "1" : "0");
}

/* The start time of a process (field 22 of /proc/PID/stat), 0 when there is none. */
static unsigned long long start_time(int pid)
{
	char path[64], text[1024];
	unsigned long long start = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	char *after = strrchr(text, ')');

	if (after)
		sscanf(after + 2,
		       "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		       &start);
	return start;
}

static int refuse(struct instance *instance, int error, const char *what)
{
	snprintf(instance->reason, sizeof(instance->reason), "%s: %s", what, errno_name(-error));
	if (instance->fd >= 0)
		instance_close(instance);
	return error;
}

/*
 * instance_open - make an instance with clock "boot" and a buffer per CPU, not tracing yet.
 *
 * Its name holds this process's id and start time, so that whoever comes later
 * can tell whether its owner still lives. 0, or -errno with the reason.
 */
int instance_open(struct instance *instance, uint64_t buffer_kb)
{
	char path[128], size[32];

	memset(instance, 0, sizeof(*instance));
	instance->fd = -1;
	instance_sweep();
	int ret = tracefs_open(&instance->tracefs);

	if (ret)
		return refuse(instance, ret,
			      ret == -EACCES ? "this user may not read tracefs" :
					       "tracefs cannot be opened");
	snprintf(instance->name, sizeof(instance->name), PREFIX "%d-%llu", getpid(), start_time(getpid()));
	snprintf(path, sizeof(path), "instances/%s", instance->name);
	if (mkdirat(instance->tracefs.fd, path, 0700) != 0) {
		ret = refuse(instance, -errno, "a tracefs instance cannot be made");
		tracefs_close(&instance->tracefs);
		return ret;
	}
	instance->fd = openat(instance->tracefs.fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (instance->fd < 0) {
		ret = -errno;
		unlinkat(instance->tracefs.fd, path, AT_REMOVEDIR);
		tracefs_close(&instance->tracefs);
		return refuse(instance, ret, "the tracefs instance cannot be opened");
	}
	snprintf(size, sizeof(size), "%llu", (unsigned long long)buffer_kb);
	ret = instance_tracing(instance, 0);
	if (ret)
		return refuse(instance, ret, "tracing cannot be switched (lockdown?)");
	ret = instance_write(instance, "trace_clock", "boot");
	if (ret)
		return refuse(instance, ret, "trace_clock=boot is refused");
	ret = instance_write(instance, "buffer_size_kb", size);
	return ret ? refuse(instance, ret, "the buffer cannot be made") : 0;
}

/* instance_close - stop tracing and remove the instance. */
void instance_close(struct instance *instance)
{
	char path[128];

	if (instance->fd < 0)
		return;
	instance_tracing(instance, 0);
	instance_write(instance, "events/enable", "0");
	close(instance->fd);
	instance->fd = -1;
	snprintf(path, sizeof(path), "instances/%s", instance->name);
	unlinkat(instance->tracefs.fd, path, AT_REMOVEDIR);
	tracefs_close(&instance->tracefs);
}

static int owner_lives(const char *name)
{
	unsigned long long start;
	int pid;

	if (sscanf(name, PREFIX "%d-%llu", &pid, &start) != 2)
		return 1; /* not one of ours */
	return start_time(pid) == start && kill(pid, 0) == 0;
}

/*
 * instance_sweep - remove instances whose owner is dead.
 *
 * A worker killed in the middle of a capture leaves one; the supervisor that
 * notices its death, or the next one on this machine, clears it away.
 */
void instance_sweep(void)
{
	struct tracefs tracefs;

	if (tracefs_open(&tracefs) != 0)
		return;
	int fd = openat(tracefs.fd, "instances", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *instances = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (instances && (entry = readdir(instances)))
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 && !owner_lives(entry->d_name))
			unlinkat(fd, entry->d_name, AT_REMOVEDIR);
	if (instances)
		closedir(instances);
	else if (fd >= 0)
		close(fd);
	tracefs_close(&tracefs);
}
