/** Where the time of an operation went, by the server's API. */

import { assertEquals } from "@std/assert";
import { needs } from "../fixtures/needs.ts";
import { engineNeed } from "../traces/processor_engine.ts";
import { SqlPlace } from "./sql_place.ts";

Deno.test({
  ...needs("an operation's budget is found by its slice", engineNeed),
  async fn(): Promise<void> {
    await using place = await SqlPlace.open();
    // An uploaded trace has no index: it is made first
    let listed: { state?: string; operations?: { id: number; opId: number }[] } = {};
    do {
      listed = await (await place.server.fetch(place.api("operations?sort=time&order=asc"))).json();
      await new Promise((resolve) => setTimeout(resolve, 100));
    } while (listed.state === "building");
    const { id, opId } = listed.operations![2]!;
    const budget = await (await place.server.fetch(place.api(`budget/${id}`))).json();
    const { phases, targets, culprit, ...rest } = budget;
    assertEquals(rest, {
      slice: id,
      opId: String(opId),
      technique: "membarrier-private-expedited",
      durationNs: 2500,
    });
    // Sent after 100 ns, the handler runs from 2100 to 2400; every delivery takes as long
    const shares = phases.map(({ phase, ns }: { phase: string; ns: number }) => `${phase} ${ns}`);
    assertEquals(shares, ["delivery 2000", "handler 300", "caller 200"]);
    assertEquals(culprit, "delivery");
    assertEquals(
      targets.map(({ cpu, sendToEntry }: Record<string, unknown>) => [cpu, sendToEntry]),
      [
        [1, 2000],
      ],
    );
    for (const [slice, status] of [["0", 404], ["99999999", 404], ["x", 400]] as const) {
      const response = await place.server.fetch(place.api(`budget/${slice}`));
      assertEquals(response.status, status);
      await response.body?.cancel();
    }
    // Who selects one operation after another gives up the questions before: no fault of the server
    for (const patience of [0, 5, 10, 20, 40]) {
      const giveUp = new AbortController();
      const asked = place.server.fetch(place.api(`budget/${id}`), { signal: giveUp.signal });
      setTimeout(() => giveUp.abort(), patience);
      await asked.then((response) => response.body?.cancel()).catch(() => {});
    }
    assertEquals(await place.server.end(), "");
  },
});
