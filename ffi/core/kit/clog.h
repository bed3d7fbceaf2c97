/*
 * Clogging the light side's store buffer.
 *
 * A store becomes visible some 0.2 us after it was executed, so that any system
 * call is longer than the reordering that it should prevent, and a test of a
 * technique that takes 10 us would see nothing, whether it orders or not.
 * Stores that cannot leave the buffer soon keep those behind them invisible for
 * longer, while loads pass all of them: that is what gives the test power.
 */
#ifndef FENCELAB_CLOG_H
#define FENCELAB_CLOG_H

#include <stddef.h>
#include <stdint.h>

#include "arch/arch.h"

enum {
	CLOG_LINES = 512, /* lines that take turns, so that each is cold again when it comes up */
	/* apart by more than any prefetcher looks ahead, and more than a page of every kernel */
	CLOG_STRIDE = 128 * 1024,
	CLOG_BYTES = CLOG_LINES * CLOG_STRIDE,
	CLOG_LINE = 128, /* bytes, of ppc64le, and two lines of the others: what the split store crosses */
	CLOG_MAX = 64, /* more stores than that fill the buffer, and the light side's load must wait */
};

/*
 * How one clog is made. Each leaves a store behind whose line is not in any cache
 * when its turn comes, so that it waits for memory and all younger ones wait with
 * it. Which of them holds longest depends on the processor.
 */
enum clog_kind {
	CLOG_NONE,
	CLOG_STORE_FLUSH, /* a store, then a flush of its line */
	CLOG_SPLIT_FLUSH, /* a store across two lines, then a flush of both */
	CLOG_FLUSH_STORE, /* a flush, then a store to that line: it waits for the flush, too */
#ifdef ARCH_STREAMS
	CLOG_STREAM_STORE, /* a store past the caches and a flush, then a store to that line */
	CLOG_STREAM_SPLIT, /* stores past the caches to two lines, then a store across both */
#endif
	CLOG_KINDS,
};

struct clog {
	enum clog_kind kind;
	uint32_t count; /* of clogs before each store of y */
};

struct clog_unaligned {
	uint64_t value;
} __attribute__((packed));

/* clog_once - one clog; at: number of the clog, lines: CLOG_BYTES of the light side's own. */
static inline __attribute__((always_inline)) void clog_once(enum clog_kind kind, char *lines, uint64_t at)
{
	char *line = lines + at % CLOG_LINES * CLOG_STRIDE + CLOG_LINE;
	volatile uint64_t *inside = (volatile uint64_t *)line;
	volatile struct clog_unaligned *across = (volatile struct clog_unaligned *)(line - 4);

	switch (kind) {
	case CLOG_STORE_FLUSH:
		*inside = at;
		arch_flush_line(line);
		break;
	case CLOG_SPLIT_FLUSH:
		across->value = at;
		arch_flush_line(line - 8);
		arch_flush_line(line);
		break;
	case CLOG_FLUSH_STORE:
		arch_flush_line(line);
		*inside = at;
		break;
#ifdef ARCH_STREAMS
	case CLOG_STREAM_STORE:
		arch_stream(line, at);
		arch_flush_line(line);
		*inside = at;
		break;
	case CLOG_STREAM_SPLIT:
		arch_stream(line, at);
		arch_stream(line - 8, at);
		across->value = at;
		break;
#endif
	default:
		break;
	}
}

int clog_map(void **lines);
const char *clog_name(enum clog_kind kind);

#endif
