import { assertEquals } from "@std/assert";

import * as results from "../experiments/results.ts";
import { orderingCountsSchema } from "../experiments/ordering/ordering_schema.ts";
import { unavailableResult } from "./unavailable.ts";

const refusal = { outcome: "refused", reason: "mprotect: EPERM", errno: "EPERM" } as const;
const asked = {
  label: "x",
  technique: "mprotect",
  parameters: { "caller-cpu": 3, "sibling-cpu": 4, shape: "mp" },
};

Deno.test("unavailableResult() takes over what was asked for and says nothing of the rest", () => {
  const { callerCpu, siblingCpu, shape, technique, clog, counts, witness, available, reason } =
    unavailableResult(orderingCountsSchema, asked, refusal, { light: "barrier" });
  assertEquals([callerCpu, siblingCpu, shape, technique], [3, 4, "mp", "mprotect"]);
  assertEquals([clog.kind, counts.iterations, counts.lightPeriodNs, witness], [
    "none",
    0,
    null,
    null,
  ]);
  assertEquals([available, reason], [false, refusal.reason]);
});

for (const [name, schema] of Object.entries(results)) {
  if (!("available" in schema.shape)) continue;
  Deno.test(`there is an unavailable result of ${name}`, () => {
    const known = { label: name, technique: "mprotect", parameters: {} };
    const { available, outcome, reason, errno } = unavailableResult(schema, known, refusal) as {
      available: boolean;
      outcome: string;
      reason: string;
      errno: string;
    };
    assertEquals({ available, outcome, reason, errno }, { available: false, ...refusal });
  });
}
