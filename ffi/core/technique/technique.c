/* Finding techniques in the tables of their families. */
#include "technique/technique.h"

#include <string.h>

#define TABLE(family) techniques_##family,

static const struct technique *const tables[] = { TECHNIQUE_FAMILIES(TABLE) };

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
