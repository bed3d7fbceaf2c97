/* Clock snapshots, names of threads, kernel symbols. */
#include "capture/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/attempt.h"
#include "kit/clock.h"
#include "protocol/frame.h"

/* host_clocks - read all clocks as close together as a process can. */
void host_clocks(struct clock_snapshot *s)
{
	s->boot = clock_ns(CLOCK_BOOTTIME);
	s->monotonic = clock_ns(CLOCK_MONOTONIC);
	s->monotonic_raw = clock_ns(CLOCK_MONOTONIC_RAW);
	s->realtime = clock_ns(CLOCK_REALTIME);
}

/* Nanoseconds since 1970 are beyond 2^53: decimal strings keep them whole. */
static void write_ns(struct json *j, const char *key, uint64_t ns)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, ns);
	json_string(j, key, text);
}

void host_write_clocks(struct json *j, const char *when, const struct clock_snapshot *s)
{
	json_object(j, NULL);
	json_string(j, "when", when);
	write_ns(j, "boot", s->boot);
	write_ns(j, "monotonic", s->monotonic);
	write_ns(j, "monotonicRaw", s->monotonic_raw);
	write_ns(j, "realtime", s->realtime);
	json_object_end(j);
}

static void write_thread(struct json *threads, int tgid, int tid)
{
	char path[96], comm[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", tgid, tid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return; /* it has ended meanwhile */
	ssize_t n = read(fd, comm, sizeof(comm) - 1);

	close(fd);
	if (n <= 0)
		return;
	json_object(threads, NULL);
	json_i64(threads, "tid", tid);
	json_i64(threads, "tgid", tgid);
	json_bytes(threads, "comm", comm, (size_t)n - (comm[n - 1] == '\n'));
	json_object_end(threads);
}

/* host_write_threads - append all threads that are there now: {tid, tgid, comm}. */
void host_write_threads(struct json *threads)
{
	DIR *processes = opendir("/proc");
	struct dirent *process, *task;
	char path[64];

	while (processes && (process = readdir(processes))) {
		int tgid = atoi(process->d_name);

		if (tgid <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task", tgid);
		DIR *tasks = opendir(path);

		while (tasks && (task = readdir(tasks)))
			if (atoi(task->d_name) > 0)
				write_thread(threads, tgid, atoi(task->d_name));
		if (tasks)
			closedir(tasks);
	}
	if (processes)
		closedir(processes);
}

/*
 * host_send_symbols - functions of /proc/kallsyms as file "kallsyms".
 *
 * Empty where addresses are hidden (kptr_restrict): zeros would name nothing.
 */
int host_send_symbols(int out)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	size_t room = 1 << 20, have = 0;
	char line[512], kind, *text = malloc(room);
	int ret = text ? 0 : -ENOMEM;

	while (!ret && symbols && fgets(line, sizeof(line), symbols)) {
		unsigned long long address;
		size_t length = strlen(line);

		if (sscanf(line, "%llx %c", &address, &kind) != 2 || address == 0 || !strchr("tTwW", kind))
			continue;
		if (have + length > room) {
			ret = frame_send_file(out, "kallsyms", text, have);
			have = 0;
		}
		memcpy(text + have, line, length);
		have += length;
	}
	ret = ret ? ret : frame_send_file(out, "kallsyms", text, have);
	if (symbols)
		fclose(symbols);
	free(text);
	return ret;
}

/* recording_begin - ready to take events and threads. */
void recording_begin(struct recording *recording)
{
	json_init(&recording->events);
	json_init(&recording->threads);
	json_array(&recording->events, NULL);
	json_array(&recording->threads, NULL);
}

/* recording_write - what replies about traces share; events and threads are used up. */
void recording_write(struct recording *recording, struct json *j)
{
	json_bool(j, "available", true);
	json_string(j, "ladder", ladder_name(recording->ladder));
	json_array(j, "clocks");
	host_write_clocks(j, "begin", &recording->clocks[0]);
	host_write_clocks(j, "end", &recording->clocks[1]);
	json_array_end(j);
	json_array_end(&recording->events);
	json_raw(j, "events", &recording->events);
	json_array_end(&recording->threads);
	json_raw(j, "threads", &recording->threads);
	drain_write_stats(&recording->drain, &recording->instance, j);
	json_u64(j, "pages", recording->drain.pages);
	json_u64(j, "pageBytes", recording->drain.page);
}

/* recording_send_unavailable - tracing is not to be had: an ordinary result, so that a run goes on. */
int recording_send_unavailable(int out, const char *reason, int error)
{
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	attempt_write(&j, error, !error_passes(error), reason[0] ? reason : errno_name(-error));
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}
