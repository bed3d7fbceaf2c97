import { assertEquals } from "@std/assert";

import type { LabHost, Occupied } from "../hosts/host.ts";
import { sampleHost } from "../hosts/testdata/sample_host.ts";
import { competes, onHosts } from "./campaign.ts";

function host(name: string, machine: string, cpus: readonly number[] | null = null): LabHost {
  return sampleHost(name, { occupies: { machine, cpus } });
}

Deno.test("hosts compete when they share a CPU of a machine", () => {
  const all: Occupied = { machine: "a", cpus: null };
  const low: Occupied = { machine: "a", cpus: [0, 1] };
  const high: Occupied = { machine: "a", cpus: [2, 3] };
  assertEquals(competes(all, low), true);
  assertEquals(competes(low, high), false);
  assertEquals(competes(low, { machine: "a", cpus: [1, 2] }), true);
  assertEquals(competes(all, { machine: "b", cpus: null }), false);
});

/** Runs hosts and notes which were running whenever one began. */
async function together(hosts: readonly LabHost[]): Promise<Record<string, string[]>> {
  const running = new Set<string>();
  const seen: Record<string, string[]> = {};
  await onHosts(hosts, async ({ name }) => {
    seen[name] = [...running];
    running.add(name);
    // Longer than it takes to begin all that may begin
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    running.delete(name);
  });
  return seen;
}

Deno.test("hosts on one machine follow each other in their order, others run beside them", async () => {
  const seen = await together([host("g1", "here"), host("g2", "here"), host("p9", "p9")]);
  assertEquals(seen, { g1: [], p9: ["g1"], g2: [] });
});

Deno.test("guests with CPUs of their own run side by side; one that needs all waits for both", async () => {
  const seen = await together([
    host("low", "here", [0, 1]),
    host("high", "here", [2, 3]),
    host("all", "here"),
    host("low2", "here", [0, 1]),
  ]);
  // low2 does not overtake "all", which would otherwise wait forever in a long list
  assertEquals(seen, { low: [], high: ["low"], all: [], low2: [] });
});

Deno.test("a host that fails leaves the others alone, and stands in the outcome", async () => {
  const bad = host("bad", "here");
  const good = host("good", "here");
  const failure = new Error("no power");
  const outcomes = await onHosts([bad, good], ({ name }) => {
    return name === "bad" ? Promise.reject(failure) : Promise.resolve(7);
  });
  assertEquals(outcomes, [{ host: bad, error: failure }, { host: good, value: 7 }]);
});

Deno.test("once aborted, no further host is begun", async () => {
  const abort = new AbortController();
  const begun: string[] = [];
  const outcomes = await onHosts(
    [host("a", "here"), host("b", "here")],
    ({ name }) => {
      begun.push(name);
      abort.abort();
      return Promise.reject(abort.signal.reason);
    },
    abort.signal,
  );
  assertEquals([begun, outcomes.length], [["a"], 1]);
});
