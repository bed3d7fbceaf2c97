import { z } from "zod";
import { answersSchema } from "../../format/answers_schema.ts";
import type { Known } from "../../format/known.ts";

/** What membarrier(2) answers to one sequence of calls after another. */
export const conformanceSchema = z.looseObject({
  experiment: z.literal("conformance"),
  cases: z.array(z.looseObject({
    name: z.string().min(1),
    expected: z.string(),
    actual: z.string(),
    pass: z.boolean(),
    skipped: z.boolean().default(false).describe("true: not to be told here, actual says why"),
    subject: z.enum(["kernel", "filter", "fencelab"]).exactOptional()
      .describe("whose behaviour it shows; filter: one that is installed for the case"),
    answers: answersSchema.exactOptional().describe("of calls that were made many times"),
    note: z.string().nullable().default(null),
  })),
});

/** One case. */
export type ConformanceCase = ConformanceResult["cases"][number];

/** Whose behaviour a case shows; in runs that do not say so, its name does. */
export function subjectOfCase(
  { name, subject }: Pick<ConformanceCase, "name" | "subject">,
): NonNullable<ConformanceCase["subject"]> {
  if (subject !== undefined) return subject;
  if (/^filter .*: /.test(name)) return "filter";
  return /^(filter|technique) /.test(name) ? "fencelab" : "kernel";
}

/** One entry of `results` with `experiment: "conformance"`. */
export type ConformanceResult = Known<z.infer<typeof conformanceSchema>>;
