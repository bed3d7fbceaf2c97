import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { choosePlacement, type ChosenPlacement, type ImpossiblePlacement } from "./placement.ts";
import { type Placement, PLACEMENTS, topologyOf } from "./topology.ts";
import { factsOf, type FixtureName } from "./testdata/fixtures.ts";

function choose(
  name: FixtureName,
  callers: number,
  siblings: number,
  wanted?: Placement,
  allowed?: number[],
): ChosenPlacement | ImpossiblePlacement {
  const facts = factsOf(name);
  return choosePlacement(topologyOf(facts), allowed ?? facts.online, callers, siblings, wanted);
}

function chosen(callerCpus: number[], siblingCpus: number[], placement: string): ChosenPlacement {
  return { callerCpus, siblingCpus, placement, sharedCores: false } as ChosenPlacement;
}

function reasonOf(choice: ChosenPlacement | ImpossiblePlacement): string {
  return "impossible" in choice ? choice.impossible : `possible: ${JSON.stringify(choice)}`;
}

Deno.test("choosePlacement() puts the caller on the lowest allowed CPU and the sibling near it", () => {
  assertEquals(choose("kvm", 1, 1), chosen([0], [1], "same-cache"));
  assertEquals(choose("xeon", 1, 1), chosen([0], [1], "same-cache"));
  assertEquals(choose("xeon", 1, 1, undefined, [3, 6, 7]), chosen([3], [6], "same-cache"));
});

Deno.test("choosePlacement() without siblings places callers only", () => {
  assertEquals(choose("kvm", 1, 0), chosen([0], [], "none"));
  assertEquals(choose("xeon", 2, 0), chosen([0, 1], [], "none"));
});

Deno.test("choosePlacement() gives each wanted distance that the machine has", () => {
  assertEquals(choose("xeon", 1, 1, "smt"), chosen([0], [4], "smt"));
  assertEquals(choose("xeon", 1, 1, "same-cache"), chosen([0], [1], "same-cache"));
  assertEquals(choose("xeon", 1, 2, "other-node"), chosen([0], [2, 3], "other-node"));
  assertEquals(choose("epyc", 1, 1, "same-node"), chosen([0], [2], "same-node"));
  assertEquals(choose("lpar", 1, 3, "smt"), chosen([0], [1, 2, 3], "smt"));
});

Deno.test("choosePlacement() says why a distance is impossible", () => {
  assertEquals(
    reasonOf(choose("kvm", 1, 1, "smt")),
    "No choice of CPUs puts 1 sibling at distance 'smt' of 1 caller among the CPUs that can be " +
      "used (0-1)",
  );
  assert(reasonOf(choose("epyc", 1, 2, "same-cache")).includes("2 siblings"));
});

Deno.test("choosePlacement() counts the CPUs that are both online and allowed", () => {
  assertEquals(
    reasonOf(choose("kvm", 2, 1)),
    "2 callers and 1 sibling need 3 CPUs, but only 2 can be used (0-1)",
  );
  assert(reasonOf(choose("kvm", 1, 1, undefined, [1, 5])).includes("only 1 can be used (1)"));
  assert(reasonOf(choose("kvm", 1, 0, undefined, [])).endsWith("only 0 can be used"));
});

Deno.test("choosePlacement() moves the caller where the lowest CPU cannot have the wish", () => {
  // CPU 0 lacks its second thread here.
  assertEquals(choose("xeon", 1, 1, "smt", [0, 1, 5]), chosen([1], [5], "smt"));
});

Deno.test("choosePlacement() keeps cores apart, and says when there are too few", () => {
  assertEquals(choose("xeon", 2, 2), chosen([0, 1], [2, 3], "other-node"));
  const full = choose("xeon", 1, 7);
  assertEquals(full, {
    callerCpus: [0],
    siblingCpus: [1, 2, 3, 5, 6, 7, 4],
    placement: "other-node",
    sharedCores: true,
  });
});

Deno.test("choosePlacement() gives callers cores of their own, then second threads, near first", () => {
  assertEquals(choose("xeon", 4, 0), chosen([0, 1, 2, 3], [], "none"));
  const many = choose("xeon", 6, 0);
  assertEquals("callerCpus" in many && many.callerCpus, [0, 1, 2, 3, 5, 6]);
});

Deno.test("choosePlacement() goes by distance, not by number, where nodes are interleaved", () => {
  const topology = [0, 1, 2, 3].map((cpu) => {
    const node = cpu % 2 === 0 ? "0,2" : "1,3";
    return { cpu, core: `${cpu}`, cache: node, node, package: node };
  });
  assertEquals(choosePlacement(topology, [0, 1, 2, 3], 1, 2), chosen([0], [2, 1], "other-node"));
});

Deno.test("choosePlacement() packs callers on one core where that alone leaves a core free", () => {
  const allowed = [0, 1, 4, 5];
  assertEquals(choose("xeon", 2, 1, "same-cache", allowed), {
    callerCpus: [0, 4],
    siblingCpus: [1],
    placement: "same-cache",
    sharedCores: true,
  });
});

Deno.test("choosePlacement() pairs callers and siblings for smt", () => {
  assertEquals(choose("xeon", 2, 2, "smt"), chosen([0, 1], [4, 5], "smt"));
});

Deno.test("choosePlacement() refuses impossible counts", () => {
  assertThrows(() => choose("kvm", 0, 1), RangeError, "Cannot place 0 callers");
  assertThrows(() => choose("kvm", 1, 0.5), RangeError, "Cannot place 0.5 siblings");
});

Deno.test("choosePlacement() never uses a CPU twice or one that is not allowed, and holds its word", () => {
  const names: FixtureName[] = ["xeon", "epyc", "lpar", "altra", "hyperv", "kvm"];
  const wishes = fc.option(fc.constantFrom(...PLACEMENTS), { nil: undefined });
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(6),
      wishes,
      (
        name: FixtureName,
        allowed: number[],
        callers: number,
        siblings: number,
        wish: Placement | undefined,
      ) => {
        const choice = choose(name, callers, siblings, wish, allowed);
        const usable = allowed.filter((cpu) => factsOf(name).online.includes(cpu));
        if ("impossible" in choice) {
          assert(wish !== undefined || usable.length < callers + siblings, choice.impossible);
          return;
        }
        const used = [...choice.callerCpus, ...choice.siblingCpus];
        assertEquals(new Set(used).size, callers + siblings);
        assert(used.every((cpu) => usable.includes(cpu)));
        assertEquals([choice.callerCpus.length, choice.siblingCpus.length], [callers, siblings]);
        const cores = topologyOf(factsOf(name)).filter((place) => usable.includes(place.cpu))
          .map((place) => place.core);
        if (choice.sharedCores && wish === undefined) {
          assert(new Set(cores).size < callers + siblings, "cores were shared without need");
        }
        if (siblings === 0) assertEquals(choice.placement, "none");
        else if (wish !== undefined) assertEquals(choice.placement, wish);
      },
    ),
  );
});
