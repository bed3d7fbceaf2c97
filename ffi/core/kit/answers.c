/* Counts the answers of a call: one that fails rarely fails, however often it succeeds. */
#include "kit/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* answers_add - the call has given an answer `count` times; what does not fit counts as the last kind. */
void answers_add(struct answers *answers, long answer, uint64_t count)
{
	int i = 0;

	while (i < answers->kinds && labs(answers->answer[i]) < labs(answer))
		i++;
	if (i == ANSWERS_MAX)
		i--;
	if (i == answers->kinds || answers->answer[i] != answer) {
		if (answers->kinds == ANSWERS_MAX) {
			answers->count[i] += count;
			return;
		}
		size_t after = (size_t)(answers->kinds - i);

		memmove(&answers->answer[i + 1], &answers->answer[i], after * sizeof(answers->answer[0]));
		memmove(&answers->count[i + 1], &answers->count[i], after * sizeof(answers->count[0]));
		answers->answer[i] = answer;
		answers->count[i] = 0;
		answers->kinds++;
	}
	answers->count[i] += count;
}

void answers_merge(struct answers *into, const struct answers *from)
{
	for (int i = 0; i < from->kinds; i++)
		answers_add(into, from->answer[i], from->count[i]);
}

/* answers_failed - how many calls failed. */
uint64_t answers_failed(const struct answers *answers)
{
	uint64_t failed = 0;

	for (int i = 0; i < answers->kinds; i++)
		failed += answers->answer[i] < 0 ? answers->count[i] : 0;
	return failed;
}

/* answers_most - the -errno that came most often; 0 where no call failed. */
int answers_most(const struct answers *answers)
{
	uint64_t most = 0;
	int error = 0;

	for (int i = 0; i < answers->kinds; i++)
		if (answers->answer[i] < 0 && answers->count[i] > most) {
			most = answers->count[i];
			error = (int)answers->answer[i];
		}
	return error;
}

/* answers_name - an errno's name, 0, or a mask in hexadecimal. */
void answers_name(char *name, size_t room, long answer)
{
	if (answer < 0)
		snprintf(name, room, "%s", errno_name((int)-answer));
	else
		snprintf(name, room, answer ? "0x%lx" : "%ld", answer);
}

/* answers_write - an array of { answer, count }. */
void answers_write(struct json *j, const char *key, const struct answers *answers)
{
	char name[32];

	json_array(j, key);
	for (int i = 0; i < answers->kinds; i++) {
		answers_name(name, sizeof(name), answers->answer[i]);
		json_object(j, NULL);
		json_string(j, "answer", name);
		json_u64(j, "count", answers->count[i]);
		json_object_end(j);
	}
	json_array_end(j);
}
