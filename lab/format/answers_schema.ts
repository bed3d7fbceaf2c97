import { z } from "zod";

/** How often a call that was made many times gave each of its answers. */
export const answersSchema = z.array(z.looseObject({
  answer: z.string().min(1).describe("0, the name of an error such as EINTR, or a mask"),
  count: z.int().positive(),
}));

/** Answers and their counts in words: "0 in 9990 calls, EINTR in 10". */
export function answersWords(answers: readonly { answer: string; count: number }[]): string {
  return answers.map(({ answer, count }, place) =>
    `${answer} in ${count}${place > 0 ? "" : count === 1 ? " call" : " calls"}`
  ).join(", ");
}
