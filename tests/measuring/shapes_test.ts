import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";

import { RequestError, Session } from "../../ffi/session.ts";
import { type ShapesResult, shapesSchema } from "../../lab/experiments/ordering/shapes_schema.ts";
import { build, doors } from "../fixtures/doors.ts";
import { cpus, needs } from "../fixtures/needs.ts";

async function shapes(
  on: number[],
  iterations: number,
  budgetMs: number,
): Promise<ShapesResult> {
  await using session = await Session.open(doors.agent());
  const parameters = { cpus: on, iterations, "budget-ms": budgetMs };
  const [reply] = await session.request("shapes", parameters);
  return shapesSchema.parse(reply!.result);
}

/** Weak outcomes by "SB none", "SB fence" and so on. */
function weakOf({ shapes }: ShapesResult): Map<string, number> {
  return new Map(shapes.map(({ shape, barrier, weak }) => [`${shape} ${barrier}`, weak]));
}

Deno.test({
  ...needs("x86-64 shows SB and R, nothing else, and neither with fences", {
    "x86-64": build.arch === "x86_64",
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    const seen = new Set<string>();
    // Where other load leaves the threads little time together, one run may not show both
    for (let run = 0; run < 6 && seen.size < 2; run++) {
      const result = await shapes([0, 1], 4_000_000, 20_000);
      for (const [name, count] of weakOf(result)) if (count > 0) seen.add(name);
      for (const { shape, iterations, threads, ran } of result.shapes) {
        assertEquals(ran, threads <= 2, shape);
        if (ran) assertGreater(iterations, 0);
      }
    }
    assertEquals(seen, new Set(["SB none", "R none"]));
  },
});

Deno.test({
  ...needs("shapes for which there are not enough CPUs say so", { "one CPU": cpus >= 1 }),
  async fn(): Promise<void> {
    const { shapes: all } = await shapes([0], 1000, 100);
    assertEquals(all.length, 16);
    for (const { shape, ran, why, iterations } of all) {
      const wanted = shape === "IRIW" ? 4 : 2;
      assertEquals([ran, iterations], [false, 0]);
      assertEquals(why, `it needs ${wanted} CPUs, 1 can be used`);
    }
  },
});

Deno.test({
  ...needs("shapes end by time, say what keeps them from running, and refuse nonsense", {
    "two CPUs": cpus >= 2,
  }),
  async fn(): Promise<void> {
    const { shapes: all } = await shapes([0, 1], 1_000_000_000_000, 140);
    assert(all.every(({ iterations }) => iterations < 1_000_000_000));
    const { shapes: offline } = await shapes([0, 8000], 1000, 100);
    assertEquals(offline[0]!.why, "its threads cannot start: EINVAL");
    await assertRejects(() => shapes([], 1000, 100), RequestError, "cpus names no CPU");
  },
});
