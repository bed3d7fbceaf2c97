/* A minimal test harness: CHECK() prints what failed and counts. */
#ifndef FENCELAB_TEST_CHECK_H
#define FENCELAB_TEST_CHECK_H

#include <stdio.h>

extern int check_failures;

#define CHECK(condition)                                                                \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			check_failures++;                                               \
		}                                                                       \
	} while (0)

void test_hist(void);
void test_request(void);
void test_json(void);
void test_count(void);
void test_child(void);
void test_answers(void);
void test_techniques(void);
void test_core_sync(void);
void test_rseq(void);
void test_shapes(void);
void test_rcu(void);
void test_disturbance(void);

#endif
