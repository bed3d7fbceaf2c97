/* The shapes: what each thread does, and which outcome is the weak one. */
#include <stddef.h>

#include "ordering/shapes.h"

/*
 * Plain accesses: volatile keeps the compiler from merging them, the barrier
 * between them from reordering them; the CPU is free to.
 */
#define BODY(name, barrier, first, second)                                              \
	static void name(const struct walk *walk, struct cell *cell, struct seen *seen) \
	{                                                                               \
		for (uint32_t i = 0; i < SHAPE_CELLS; i++) {                            \
			uint32_t at = (walk->start + i * walk->stride) % SHAPE_CELLS;   \
			volatile uint32_t *x = &cell[at].x, *y = &cell[at].y;           \
			uint32_t a = 0, b = 0;                                          \
                                                                                        \
			first;                                                          \
			barrier;                                                        \
			second;                                                         \
			(void)x;                                                        \
			(void)y;                                                        \
			seen[at].a = a;                                                 \
			seen[at].b = b;                                                 \
		}                                                                       \
	}

/* A thread's code in both variants; the fences of a shape's threads pair with each other. */
#define THREAD(name, first, second)                           \
	BODY(name##_plain, compiler_barrier(), first, second) \
	BODY(name##_fence, arch_full_fence(), first, second)

#define BOTH(name)                         \
	{                                  \
		name##_plain, name##_fence \
	}

THREAD(write_x_write_y, *x = 1, *y = 1)
THREAD(write_x_read_y, *x = 1, a = *y)
THREAD(write_y_read_x, *y = 1, a = *x)
THREAD(read_y_read_x, a = *y, b = *x)
THREAD(read_x_read_y, a = *x, b = *y)
THREAD(read_x_write_y, a = *x, *y = 1)
THREAD(read_y_write_x, a = *y, *x = 1)
THREAD(write_x2_write_y, *x = 2, *y = 1)
THREAD(write_y2_read_x, *y = 2, a = *x)
THREAD(write_x_write_y2, *x = 1, *y = 2)
THREAD(write_y_write_x2, *y = 1, *x = 2)
THREAD(write_x, *x = 1, (void)0)
THREAD(write_y, *y = 1, (void)0)
THREAD(read_x_twice, a = *x, b = *x)

static bool sb_weak(const struct cell *end, const struct seen *seen)
{
	(void)end;
	return seen[0].a == 0 && seen[1].a == 0;
}

static bool mp_weak(const struct cell *end, const struct seen *seen)
{
	(void)end;
	return seen[1].a == 1 && seen[1].b == 0;
}

static bool lb_weak(const struct cell *end, const struct seen *seen)
{
	(void)end;
	return seen[0].a == 1 && seen[1].a == 1;
}

static bool s_weak(const struct cell *end, const struct seen *seen)
{
	return seen[1].a == 1 && end->x == 2;
}

static bool r_weak(const struct cell *end, const struct seen *seen)
{
	return end->y == 2 && seen[1].a == 0;
}

static bool w22_weak(const struct cell *end, const struct seen *seen)
{
	(void)seen;
	return end->x == 1 && end->y == 1;
}

static bool iriw_weak(const struct cell *end, const struct seen *seen)
{
	(void)end;
	return seen[2].a == 1 && seen[2].b == 0 && seen[3].a == 1 && seen[3].b == 0;
}

static bool corr_weak(const struct cell *end, const struct seen *seen)
{
	(void)end;
	return seen[1].a == 1 && seen[1].b == 0;
}

const struct shape shapes[] = {
	{ "SB", 2, { BOTH(write_x_read_y), BOTH(write_y_read_x) }, sb_weak },
	{ "R", 2, { BOTH(write_x_write_y), BOTH(write_y2_read_x) }, r_weak },
	{ "MP", 2, { BOTH(write_x_write_y), BOTH(read_y_read_x) }, mp_weak },
	{ "LB", 2, { BOTH(read_x_write_y), BOTH(read_y_write_x) }, lb_weak },
	{ "S", 2, { BOTH(write_x2_write_y), BOTH(read_y_write_x) }, s_weak },
	{ "2+2W", 2, { BOTH(write_x_write_y2), BOTH(write_y_write_x2) }, w22_weak },
	{ "CoRR", 2, { BOTH(write_x), BOTH(read_x_twice) }, corr_weak },
	{ "IRIW", 4, { BOTH(write_x), BOTH(write_y), BOTH(read_x_read_y), BOTH(read_y_read_x) }, iriw_weak },
	{ .id = NULL },
};
