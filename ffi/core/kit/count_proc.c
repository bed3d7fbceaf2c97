/*
 * Interrupts between CPUs as /proc/interrupts counts them: per CPU, whoever
 * runs there. What is left where perf may not count, and a check on it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/count.h"

/*
 * The rows that count inter-processor interrupts: labels of x86 (its TLB row is
 * a part of CAL), arm64 and ppc64le's doorbells; on ppc64le also the numbered
 * row whose name, the last word, is IPI.
 */
static int wanted_row(const char *label, size_t length, const char *end)
{
	static const char *const labels[] = { "CAL", "RES", "IPI0", "IPI1", "DBL" };
	const char *word = end;

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strlen(labels[i]) == length && memcmp(labels[i], label, length) == 0)
			return 1;
	while (word > label && word[-1] != ' ')
		word--;
	return end - word >= 3 && memcmp(word, "IPI", 3) == 0;
}

/* Column of each CPU: the header names online CPUs only, so columns are not CPU numbers. */
static int column_of(const char *header, int cpu)
{
	char wanted[16];
	int column = 0;

	snprintf(wanted, sizeof(wanted), "CPU%d", cpu);
	for (const char *at = header; *at && *at != '\n';) {
		size_t blank = strspn(at, " \t"), length = strcspn(at + blank, " \t\n");

		at += blank;
		if (length == strlen(wanted) && memcmp(at, wanted, length) == 0)
			return column;
		if (length > 0)
			column++;
		at += length;
	}
	return -1;
}

static uint64_t sum_row(const char *numbers, const int *columns, int n)
{
	uint64_t total = 0;
	int column = 0;

	for (const char *at = numbers;; column++) {
		at += strspn(at, " ");
		if (*at < '0' || *at > '9')
			return total;
		char *end;
		uint64_t value = strtoull(at, &end, 10);

		at = end;
		for (int i = 0; i < n; i++)
			if (columns[i] == column)
				total += value;
	}
}

/* count_proc_parse - sum the IPI rows of /proc/interrupts over some CPUs; 0 or -ENODATA. */
int count_proc_parse(const char *text, const int *cpus, int n, uint64_t *total)
{
	int *columns = calloc((size_t)(n > 0 ? n : 1), sizeof(*columns));
	int rows = 0;

	if (!columns)
		return -ENOMEM;
	for (int i = 0; i < n; i++)
		columns[i] = column_of(text, cpus[i]);
	*total = 0;
	for (const char *line = strchr(text, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
		const char *name = line + 1 + strspn(line + 1, " ");
		size_t length = strcspn(name, ":\n");

		if (name[length] == ':' && wanted_row(name, length, name + strcspn(name, "\n"))) {
			*total += sum_row(name + length + 1, columns, n);
			rows++;
		}
	}
	free(columns);
	return rows ? 0 : -ENODATA;
}

/* count_proc_interrupts - the same from the file itself; 0 or -errno. */
int count_proc_interrupts(const int *cpus, int n, uint64_t *total)
{
	size_t cap = 256 * 1024, length = 0;
	char *text = malloc(cap);
	int fd = open("/proc/interrupts", O_RDONLY | O_CLOEXEC), ret = 0;

	if (!text || fd < 0) {
		ret = !text ? -ENOMEM : -errno;
		goto out;
	}
	for (;;) {
		if (length + 1 == cap) {
			char *grown = realloc(text, cap * 2);

			if (!grown) {
				ret = -ENOMEM;
				goto out;
			}
			text = grown;
			cap *= 2;
		}
		ssize_t got = read(fd, text + length, cap - 1 - length);

		if (got < 0)
			ret = -errno;
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	text[length] = '\0';
	if (!ret)
		ret = count_proc_parse(text, cpus, n, total);
out:
	if (fd >= 0)
		close(fd);
	free(text);
	return ret;
}
