/* Shapes: one thread after the other gives no weak outcome; the weak outcome is recognised. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "ordering/shapes.h"

/* The outcome of running the threads in a given order, each to its end. */
static bool weak_in_order(const struct shape *shape, bool fence, const int *order)
{
	const struct walk walk = { 3, 5 };
	struct cell *cells = aligned_alloc(_Alignof(struct cell), SHAPE_CELLS * sizeof(*cells));
	struct seen *seen = calloc(SHAPE_THREADS * SHAPE_CELLS, sizeof(*seen));
	uint64_t weak = 0;

	CHECK(cells && seen);
	memset(cells, 0, SHAPE_CELLS * sizeof(*cells));
	for (int i = 0; i < shape->threads; i++)
		shape->body[order[i]][fence](&walk, cells, seen + order[i] * SHAPE_CELLS);
	for (int at = 0; at < SHAPE_CELLS; at++) {
		struct seen each[SHAPE_THREADS];

		for (int i = 0; i < shape->threads; i++)
			each[i] = seen[i * SHAPE_CELLS + at];
		weak += shape->weak(&cells[at], each);
	}
	free(seen);
	free(cells);
	return weak != 0;
}

static const struct shape *find(const char *id)
{
	const struct shape *s = shapes;

	while (s->id && strcmp(s->id, id) != 0)
		s++;
	return s;
}

static void test_orders(void)
{
	static const int up[] = { 0, 1, 2, 3 }, down[] = { 1, 0, 3, 2 }, back[] = { 2, 1, 3, 0 };

	for (const struct shape *s = shapes; s->id; s++)
		for (int fence = 0; fence < 2; fence++) {
			CHECK(!weak_in_order(s, fence, up));
			CHECK(!weak_in_order(s, fence, down));
			if (s->threads == 4)
				CHECK(!weak_in_order(s, fence, back));
		}
}

/* The exists clauses of herd's catalogue, http://diy.inria.fr/www/ */
static void test_weak(void)
{
	static const struct {
		const char *id;
		struct cell end;
		struct seen seen[SHAPE_THREADS];
	} catalogue[] = {
		{ "SB", { 1, 1 }, { { 0, 0 }, { 0, 0 } } },
		{ "R", { 1, 2 }, { { 0, 0 }, { 0, 0 } } },
		{ "MP", { 1, 1 }, { { 0, 0 }, { 1, 0 } } },
		{ "LB", { 1, 1 }, { { 1, 0 }, { 1, 0 } } },
		{ "S", { 2, 1 }, { { 0, 0 }, { 1, 0 } } },
		{ "2+2W", { 1, 1 }, { { 0, 0 }, { 0, 0 } } },
		{ "CoRR", { 1, 0 }, { { 0, 0 }, { 1, 0 } } },
		{ "IRIW", { 1, 1 }, { { 0, 0 }, { 0, 0 }, { 1, 0 }, { 1, 0 } } },
	};

	for (size_t i = 0; i < sizeof(catalogue) / sizeof(catalogue[0]); i++) {
		const struct shape *shape = find(catalogue[i].id);

		CHECK(shape->id && shape->weak(&catalogue[i].end, catalogue[i].seen));
	}
}

void test_shapes(void)
{
	test_orders();
	test_weak();
}
