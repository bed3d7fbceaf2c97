/* Finding, opening and closing techniques. */
#include "technique/technique.h"

#include <stdio.h>
#include <string.h>

#include "protocol/json.h"
#include "kit/sys.h"

static const struct technique *const tables[] = {
	techniques_control,
	techniques_membarrier,
	techniques_tlb,
	techniques_thread,
	techniques_user,
};

/* technique_at - the index-th technique in the order in which tables print them; NULL at the end. */
const struct technique *technique_at(size_t index)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct technique *t = tables[i]; t->id; t++)
			if (index-- == 0)
				return t;
	return NULL;
}

/* technique_find - by identifier, mutants too; NULL for unknown ones. */
const struct technique *technique_find(const char *id)
{
	const struct technique *t;

	for (size_t i = 0; (t = technique_at(i)); i++)
		if (strcmp(t->id, id) == 0)
			return t;
	for (t = techniques_mutant; t->id; t++)
		if (strcmp(t->id, id) == 0)
			return t;
	return NULL;
}

/* fence_fail - note why opening failed: "mlock: EPERM"; returns the error as -errno. */
int fence_fail(struct fence *f, int error, const char *what)
{
	if (error > 0)
		error = -error;
	snprintf(f->reason, sizeof(f->reason), "%s: %s", what, errno_name(-error));
	return error;
}

/*
 * fence_open - prepare a technique for use by one thread.
 *
 * cpu is the CPU that membarrier-rseq-cpu aims at, delay_ns what `delay` waits;
 * others ignore them. Returns 0, or -errno with the reason in f->reason.
 */
int fence_open(struct fence *f, const struct technique *technique, int cpu, uint64_t delay_ns)
{
	memset(f, 0, sizeof(*f));
	f->technique = technique;
	f->page_size = (size_t)sysconf(_SC_PAGESIZE);
	f->cpu = cpu;
	f->delay_ns = delay_ns;
	int ret = technique->open ? technique->open(f) : 0;

	if (ret && !f->reason[0])
		fence_fail(f, ret, "setup");
	return ret;
}

void fence_close(struct fence *f)
{
	if (f->technique && f->technique->close)
		f->technique->close(f);
	f->technique = NULL;
}
