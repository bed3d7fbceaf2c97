/* Answers of a call and how often each came. */
#include "check.h"

#include <errno.h>
#include <string.h>

#include "kit/answers.h"

void test_answers(void)
{
	struct answers answers = { .kinds = 0 }, more = { .kinds = 0 };
	struct json j;

	CHECK(answers_failed(&answers) == 0 && answers_most(&answers) == 0);
	answers_add(&answers, -ENOMEM, 2);
	answers_add(&answers, 0, 990);
	answers_add(&more, -EINTR, 7);
	answers_add(&more, -ENOMEM, 1);
	answers_merge(&answers, &more);
	CHECK(answers.kinds == 3 && answers_failed(&answers) == 10 && answers_most(&answers) == -EINTR);

	json_init(&j);
	answers_write(&j, NULL, &answers);
	CHECK(j.text &&
	      strcmp(j.text, "[{\"answer\":\"0\",\"count\":990},{\"answer\":\"EINTR\",\"count\":7},"
			     "{\"answer\":\"ENOMEM\",\"count\":3}]") == 0);
	json_free(&j);

	/* more kinds than there is room for: none is lost */
	for (long mask = 1; mask <= 100; mask++)
		answers_add(&answers, mask, 1);
	uint64_t total = 0;

	for (int i = 0; i < answers.kinds; i++)
		total += answers.count[i];
	CHECK(answers.kinds == ANSWERS_MAX && total == 1100);
}
