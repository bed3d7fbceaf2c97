/*
 * Drains per_cpu/cpuN/trace_pipe_raw. A read returns one sub-buffer page, also a
 * partly filled one, and EAGAIN when there is nothing (kernel/trace/trace.c
 * tracing_buffers_read()).
 */
#include "capture/drain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/frame.h"

enum { CHUNK_PAGES = 64, CPUS_MAX = 8192 };

/* Size of a sub-buffer page: offset and size of the data field in header_page. */
static size_t page_size(const struct instance *instance)
{
	struct instance top = { .fd = instance->tracefs.fd };
	char text[4096];
	unsigned int offset, size;

	if (instance_read(&top, "events/header_page", text, sizeof(text)) > 0) {
		const char *data = strstr(text, "char data;");

		if (data && sscanf(data, "char data; offset:%u; size:%u;", &offset, &size) == 2)
			return offset + size;
	}
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* drain_open - open the pipes of all CPUs that have one; 0 or -errno. */
int drain_open(struct drain *drain, const struct instance *instance)
{
	long possible = sysconf(_SC_NPROCESSORS_CONF);
	int most = possible > 0 && possible < CPUS_MAX ? (int)possible : CPUS_MAX;
	char path[96];

	memset(drain, 0, sizeof(*drain));
	drain->page = page_size(instance);
	drain->fd = calloc((size_t)most, sizeof(int));
	drain->cpu = calloc((size_t)most, sizeof(int));
	drain->buffer = malloc(drain->page * CHUNK_PAGES);
	if (!drain->fd || !drain->cpu || !drain->buffer) {
		drain_close(drain);
		return -ENOMEM;
	}
	for (int cpu = 0; cpu < CPUS_MAX && drain->cpus < most; cpu++) {
		snprintf(path, sizeof(path), "per_cpu/cpu%d/trace_pipe_raw", cpu);
		int fd = openat(instance->fd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

		if (fd < 0 && errno == ENOENT)
			continue; /* numbers may have gaps; the loop ends by the number of CPUs */
		if (fd < 0) {
			int ret = -errno;

			drain_close(drain);
			return ret;
		}
		drain->fd[drain->cpus] = fd;
		drain->cpu[drain->cpus++] = cpu;
	}
	return drain->cpus ? 0 : -ENOENT;
}

static int drain_cpu(struct drain *drain, int index, int out)
{
	char name[32];
	size_t have = 0;
	int ret = 0;

	snprintf(name, sizeof(name), "cpu%d.raw", drain->cpu[index]);
	for (;;) {
		ssize_t n = read(drain->fd[index], drain->buffer + have, drain->page);

		if (n < 0 && errno == EINTR)
			continue;
		if (n > 0) {
			/* a page that is cut short would shift all that follow */
			memset(drain->buffer + have + n, 0, drain->page - (size_t)n);
			have += drain->page;
			drain->pages++;
		}
		if (have && (n <= 0 || have == drain->page * CHUNK_PAGES)) {
			ret = frame_send_file(out, name, drain->buffer, have);
			have = 0;
		}
		if (ret || n <= 0)
			return ret ? ret : n < 0 && errno != EAGAIN ? -errno : 0;
	}
}

/* drain_all - send every page that is there now; 0 or -errno. */
int drain_all(struct drain *drain, int out)
{
	int ret = 0;

	for (int i = 0; i < drain->cpus && !ret; i++)
		ret = drain_cpu(drain, i, out);
	return ret;
}

void drain_close(struct drain *drain)
{
	for (int i = 0; i < drain->cpus; i++)
		close(drain->fd[i]);
	free(drain->fd);
	free(drain->cpu);
	free(drain->buffer);
	memset(drain, 0, sizeof(*drain));
}

static uint64_t stat_of(const char *text, const char *key)
{
	const char *found = strstr(text, key);

	return found ? strtoull(found + strlen(key), NULL, 10) : 0;
}

/* drain_write_stats - per_cpu/cpuN/stats of all CPUs: what was recorded and what was lost. */
void drain_write_stats(const struct drain *drain, const struct instance *instance, struct json *j)
{
	static const char *const keys[][2] = {
		{ "entries: ", "entries" },
		{ "overrun: ", "overrun" },
		{ "commit overrun: ", "commitOverrun" },
		{ "bytes: ", "bytes" },
		{ "dropped events: ", "droppedEvents" },
		{ "read events: ", "readEvents" },
	};
	char path[96], text[1024];

	json_array(j, "stats");
	for (int i = 0; i < drain->cpus; i++) {
		snprintf(path, sizeof(path), "per_cpu/cpu%d/stats", drain->cpu[i]);
		if (instance_read(instance, path, text, sizeof(text)) < 0)
			continue;
		json_object(j, NULL);
		json_i64(j, "cpu", drain->cpu[i]);
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			json_u64(j, keys[k][1], stat_of(text, keys[k][0]));
		json_object_end(j);
	}
	json_array_end(j);
}
