import { assertEquals } from "@std/assert";
import { distance, placementsFor, type Topology, topologyOf } from "./topology.ts";
import { factsOf, type FixtureName, withFiles } from "./testdata/fixtures.ts";

function placements(name: FixtureName, cpu: number): Record<string, number[]> {
  return Object.fromEntries(placementsFor(topologyOf(factsOf(name)), cpu));
}

function coresOf(topology: Topology): string[] {
  return [...new Set(topology.map((place) => place.core))];
}

Deno.test("topologyOf() reads cores, caches, nodes and packages of a two-socket machine", () => {
  assertEquals(topologyOf(factsOf("xeon"))[6], {
    cpu: 6,
    core: "2,6",
    cache: "2-3,6-7",
    node: "2-3,6-7",
    package: "2-3,6-7",
  });
});

Deno.test("topologyOf() takes the outermost cache, whatever its index", () => {
  const epyc = topologyOf(factsOf("epyc"));
  assertEquals([...new Set(epyc.map((place) => place.cache))], ["0-1", "2-3", "4-5", "6-7"]);
  // Altra shows private level 2 caches and hides its system-level cache.
  assertEquals(topologyOf(factsOf("altra")).map((place) => place.cache), ["0", "1", "2", "3"]);
  const folder = "/sys/devices/system/cpu/cpu0/cache/";
  const reversed = withFiles(factsOf("epyc"), {
    [`${folder}index2/level`]: "3\n",
    [`${folder}index2/shared_cpu_list`]: "0-1\n",
    [`${folder}index3/level`]: "2\n",
    [`${folder}index3/shared_cpu_list`]: "0\n",
  });
  assertEquals(topologyOf(reversed)[0]?.cache, "0-1");
});

Deno.test("topologyOf() takes a kernel that knows level 1 only for one that knows no cache", () => {
  const files: Record<string, null> = {};
  for (const path of Object.keys(factsOf("altra").files)) {
    if (path.includes("/cache/index2/")) files[path] = null;
  }
  assertEquals(topologyOf(withFiles(factsOf("altra"), files))[0]?.cache, "0-3");
});

Deno.test("topologyOf() orders CPUs by number", () => {
  const topology = topologyOf({ ...factsOf("kvm"), online: [1, 0] });
  assertEquals(topology.map((place) => place.cpu), [0, 1]);
});

Deno.test("topologyOf() falls back to one package, one node and one cache", () => {
  const [first, second] = topologyOf(factsOf("qemuPower"));
  assertEquals(first, { cpu: 0, core: "0", cache: "0-1", node: "0-1", package: "0-1" });
  assertEquals(second?.package, "0-1");
  assertEquals(topologyOf(factsOf("qemuArm"))[0]?.node, "0-1");
});

Deno.test("topologyOf() leaves offline CPUs out of groups", () => {
  const xeon = { ...factsOf("xeon"), online: [0, 1, 2, 3] };
  const topology = topologyOf(xeon);
  assertEquals(coresOf(topology), ["0", "1", "2", "3"]);
  assertEquals(topology[0]?.node, "0-1");
});

Deno.test("topologyOf() ignores a thread list without its own CPU", () => {
  const folder = "/sys/devices/system/cpu/cpu1/topology/";
  const facts = withFiles(factsOf("kvm"), {
    [`${folder}core_cpus_list`]: "0\n",
    [`${folder}thread_siblings_list`]: "0\n",
  });
  assertEquals(coresOf(topologyOf(facts)), ["0", "1"]);
});

Deno.test("topologyOf() reads thread_siblings_list of kernels before 5.3", () => {
  const files: Record<string, null> = {};
  for (let cpu = 0; cpu < 8; cpu++) {
    files[`/sys/devices/system/cpu/cpu${cpu}/topology/core_cpus_list`] = null;
  }
  assertEquals(coresOf(topologyOf(withFiles(factsOf("lpar"), files))), ["0-3", "4-7"]);
});

Deno.test("placementsFor() lists what a machine has, nearest first, one thread of each core first", () => {
  assertEquals(placements("xeon", 0), {
    "smt": [4],
    "same-cache": [1, 5],
    "other-node": [2, 3, 6, 7],
  });
  assertEquals(placements("epyc", 0), {
    "same-cache": [1],
    "same-node": [2, 3],
    "other-node": [4, 5, 6, 7],
  });
  assertEquals(placements("lpar", 5), { "smt": [4, 6, 7], "same-node": [0, 1, 2, 3] });
  assertEquals(placements("altra", 1), { "same-node": [0, 2, 3] });
  assertEquals(placements("kvm", 1), { "same-cache": [0] });
});

Deno.test("placementsFor() prefers one thread of each core where threads have neighbouring numbers", () => {
  const group = { cache: "0-5", node: "0-5", package: "0-5" };
  const topology = [0, 1, 2, 3, 4, 5].map((cpu) => ({
    cpu,
    core: `core ${Math.floor(cpu / 2)}`,
    ...group,
  }));
  assertEquals(Object.fromEntries(placementsFor(topology, 0)), {
    "smt": [1],
    "same-cache": [2, 4, 3, 5],
  });
});

Deno.test("placementsFor() of a CPU that is not online has none", () => {
  assertEquals(placements("kvm", 7), {});
});

Deno.test("distance() is symmetric on every recorded host", () => {
  for (const name of ["xeon", "epyc", "lpar", "altra", "hyperv"] as const) {
    const topology = topologyOf(factsOf(name));
    for (const a of topology) {
      for (const b of topology) assertEquals(distance(a, b), distance(b, a));
    }
  }
});
