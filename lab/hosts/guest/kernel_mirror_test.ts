import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";

import { HostError } from "../../format/host_error.ts";
import { parseGuestName } from "./guest_name.ts";
import { prepareKernel } from "./kernel.ts";
import { keptPlaces } from "./kernels/kept_kernels.ts";
import {
  aptWith,
  archiveTest,
  type Bench,
  FIRST,
  META,
  namesBelow,
  SECOND,
} from "./testdata/kernel_bench.ts";
import { SlowMirror } from "./testdata/slow_mirror.ts";

const NO_MIRROR = { mirror: "file:/no/such/mirror" };
const TITLE = "linux-image-6.12.1-cloud-arm64 6.12.1-1";
const SECOND_TITLE = "linux-image-6.12.2-cloud-arm64 6.12.2-1";

const garbage = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array([...bytes, ...new TextEncoder().encode("\nX: y\n")]);

/** Damages the file of an index, so that it does not fit its hash. */
async function spoil(bench: Bench, suite: string): Promise<void> {
  await Deno.writeTextFile(bench.archive.index(suite), "\nX: y\n", { append: true });
}

/** What kernel.json says. */
async function record({ cache }: Bench): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(`${cache}/aarch64-6.12-standard/kernel.json`));
}

archiveTest("a kernel that the pool lacks is replaced by the next older one", async (bench) => {
  const unfit = [
    { release: "6.12.3-rt-arm64", version: "6.12.3-1" },
    { release: "6.12.3-cloud-arm64-dbg", version: "6.12.3-1" },
    { release: "6.13.1-cloud-arm64", version: "6.13.1-1" },
    { release: "6.1.9-cloud-arm64", version: "6.1.9-1" },
  ];
  const oldest = { release: "6.12.0-cloud-arm64", version: "6.12.0-1" };
  await bench.archive.publish("trixie", [SECOND, oldest, ...unfit, FIRST], META);
  await Deno.remove(bench.archive.deb(SECOND));
  const kernel = await bench.prepare();
  assertEquals([kernel.package, kernel.bytesFetched > 0], [TITLE, true]);
  assertStringIncludes(kernel.problem!, `${TITLE} of trixie was taken instead: `);
  assertStringIncludes(kernel.problem!, `Cannot take ${SECOND_TITLE} of trixie: `);
  assert(!kernel.problem!.includes("\n"));
  assert(bench.labels.includes("reading the list of trixie again"));
  const { resolved, tried, problem } = await record(bench);
  assertEquals([resolved, problem], [null, kernel.problem]);
  // It is used for a day, and says why all the while
  assertEquals(await bench.prepare(NO_MIRROR), { ...kernel, bytesFetched: 0 });
  assertEquals((await bench.prepare({ offline: true })).problem, kernel.problem);

  // A day later the mirror is still as it was, then whole again
  const path = `${bench.cache}/aarch64-6.12-standard/kernel.json`;
  const yesterday = new Date(Date.parse(tried as string) - 25 * 3600 * 1000).toISOString();
  const age = async (): Promise<void> =>
    await Deno.writeTextFile(
      path,
      JSON.stringify({ ...await record(bench), tried: yesterday }),
    );
  await age();
  const again = await bench.prepare();
  assertEquals([again.package, again.bytesFetched], [TITLE, 0]);
  assertStringIncludes(again.problem!, SECOND_TITLE);
  await age();
  await bench.archive.publish("trixie", SECOND, META);
  const newest = await bench.prepare();
  assertEquals([newest.package, newest.problem], [SECOND_TITLE, null]);
});

archiveTest(
  "a package that differs from its checksum, or is no kernel, is replaced, too",
  async (bench) => {
    const third = { release: "6.12.3-cloud-arm64", version: "6.12.3-1" };
    const files = {
      [`boot/vmlinuz-${third.release}`]: "#!/bin/sh",
      [`boot/config-${third.release}`]: "",
    };
    await bench.archive.publish("trixie", [{ ...third, files }, SECOND, FIRST], META);
    await Deno.writeTextFile(bench.archive.deb(SECOND), "x", { append: true });
    const kernel = await bench.prepare();
    assertEquals(kernel.package, TITLE);
    assertMatch(
      kernel.problem!,
      /6\.12\.3-1 of trixie: .* no kernel for aarch64.*; Cannot take .* 6\.12\.2-1/,
    );
  },
);

archiveTest("an index that does not fit its hash is read once more", async (bench) => {
  let spoilt = 0;
  await using mirror = new SlowMirror(
    bench.archive.path,
    Infinity,
    (path, bytes) => path.endsWith("/Packages") && spoilt++ === 0 ? garbage(bytes) : bytes,
  );
  const kernel = await bench.prepare({ mirror: mirror.uri });
  assertEquals([kernel.package, kernel.problem], [TITLE, null]);
  assert(bench.labels.includes("reading the list of trixie again"));
});

archiveTest(
  "a list from before that can no longer be read serves, and that is told",
  async (bench) => {
    await bench.prepare();
    await Deno.remove(`${bench.cache}/aarch64-6.12-standard`, { recursive: true });
    await bench.archive.publish("trixie", SECOND, META);
    await spoil(bench, "trixie");
    const kernel = await bench.prepare();
    assertEquals(kernel.package, TITLE);
    assertMatch(kernel.problem!, /^Cannot read the list of trixie: .*(?:unexpected size|Hash Sum)/);
  },
);

archiveTest("lists that were damaged here are read anew", async (bench) => {
  await bench.prepare();
  const lists = `${bench.cache}/apt/trixie-arm64/lists`;
  for (const name of namesBelow(lists).filter((one) => one.includes("_Packages"))) {
    await Deno.writeTextFile(`${lists}/${name}`, "garbage\n");
  }
  const kernel = await bench.prepare({ refresh: true });
  assertEquals([kernel.package, kernel.problem], [TITLE, null]);
});

archiveTest(
  "security updates whose index stays broken are told, newer kernels there are not taken",
  async (bench) => {
    const { uri, keyring, path } = bench.archive;
    await bench.archive.publish("trixie-security", SECOND, META);
    await bench.archive.publish("trixie", FIRST, META);
    using _config = await aptWith(`${bench.cache}/etc`, {
      "sources.list": `deb [signed-by=${keyring}] ${uri} trixie main\n` +
        `deb [signed-by=${keyring}] ${uri} trixie-security main\n`,
    });
    const options = { cache: `${bench.cache}/kernels` };
    const spec = parseGuestName("qemu-arm64");
    const index = await Deno.readFile(bench.archive.index("trixie-security"));
    await spoil(bench, "trixie-security");
    const kernel = await prepareKernel(spec, options);
    assertEquals(kernel.package, TITLE);
    assertStringIncludes(kernel.problem!, "Cannot read the list of trixie's security updates: ");

    await Deno.writeFile(bench.archive.index("trixie-security"), index);
    const newest = await prepareKernel(spec, { ...options, refresh: true });
    assertEquals([newest.package, newest.problem], [SECOND_TITLE, null]);
    // What is kept is newer than all that the mirror has left
    await Deno.remove(`${path}/dists/trixie-security`, { recursive: true });
    await Deno.remove(`${options.cache}/apt`, { recursive: true });
    const kept = await prepareKernel(spec, { ...options, refresh: true });
    assertEquals([kept.package, kept.bytesFetched], [SECOND_TITLE, 0]);
    assertStringIncludes(kept.problem!, `trixie now has nothing newer than ${TITLE}`);
  },
);

archiveTest(
  "suites of the same archive are asked once the archive's own has none left",
  async (bench) => {
    const backport = { release: "6.12.0+deb12-cloud-arm64", version: "6.12.0-1~bpo12+1" };
    const other = { release: "6.13.9+deb12-cloud-arm64", version: "6.13.9-1~bpo12+1" };
    await bench.archive.publish("bookworm-backports", [other, backport], META);
    await Deno.remove(bench.archive.deb(FIRST));
    const kernel = await bench.prepare();
    assertEquals(kernel.package, "linux-image-6.12.0+deb12-cloud-arm64 6.12.0-1~bpo12+1");
    assertStringIncludes(kernel.problem!, "of bookworm-backports was taken instead: ");
    assertStringIncludes(kernel.problem!, "Cannot read the list of trixie-updates: ");

    // The suite itself is away altogether
    await Deno.remove(`${bench.archive.path}/dists/trixie`, { recursive: true });
    const without = await bench.prepare({ cache: `${bench.cache}/other` });
    assertEquals(without.package, kernel.package);
    assertStringIncludes(without.problem!, "Cannot read the list of trixie: ");
  },
);

archiveTest("what is kept serves when nothing else does, however old", async (bench) => {
  const first = await bench.prepare();
  await bench.archive.publish("trixie", SECOND, META);
  const second = await bench.prepare({ refresh: true });
  await Deno.writeTextFile(second.image, "x", { append: true });
  await Deno.remove(bench.archive.deb(SECOND));
  const before = await bench.prepare();
  assertEquals([before.package, before.image, before.bytesFetched], [TITLE, first.image, 0]);
  for (const part of [`${TITLE} was kept from earlier: `, SECOND_TITLE, "bookworm-backports"]) {
    assertStringIncludes(before.problem!, part);
  }
  const offline = await bench.prepare({ offline: true });
  assertEquals(offline.image, first.image);
  assertStringIncludes(offline.problem!, "is damaged: ");
});

archiveTest("an error names all that was tried", async (bench) => {
  await bench.archive.publish("trixie", [SECOND, FIRST], META);
  for (const one of [FIRST, SECOND]) await Deno.remove(bench.archive.deb(one));
  const { message } = await assertRejects(() => bench.prepare(), HostError);
  assertMatch(
    message,
    new RegExp(
      [
        `^Cannot prepare kernel 6.12 for aarch64: Cannot take ${SECOND_TITLE} of trixie: .*\\. Tried as well:`,
        `  Cannot take ${TITLE} of trixie: .*`,
        "  Cannot read the list of trixie-updates: .*",
        "  Cannot read the list of bookworm-backports: .*",
        "  '.*' keeps no such kernel",
        "Remedy: give another mirror of Debian with --mirror$",
      ].join("\n"),
    ),
  );
});

archiveTest("a network that is away is not asked for one suite after another", async (bench) => {
  using _config = await aptWith(`${bench.cache}/etc`, {}, 'Acquire::Retries "0";\n');
  const mirror = "http://127.0.0.1:1/debian"; // nobody listens there
  const { message } = await assertRejects(() => bench.prepare({ mirror }), HostError);
  assert(!message.includes("backports"), message);
  assertEquals(bench.labels.filter((label) => label.includes("again")), []);
});

archiveTest("keptPlaces() tells what is kept, also by older versions of the lab", async (bench) => {
  assertEquals(await keptPlaces(`${bench.cache}/nothing`), []);
  await bench.prepare();
  await bench.prepare({}, parseGuestName("qemu-arm64@6.12.1"));
  const path = `${bench.cache}/aarch64-6.12-standard/kernel.json`;
  const { before: _, problem: _p, tried: _t, ...older } = await record(bench);
  await Deno.writeTextFile(path, JSON.stringify(older));
  const [series, pinned, ...others] = await keptPlaces(bench.cache);
  assertEquals(others, []);
  assertEquals([series!.kernel, pinned!.kernel], ["6.12", "6.12.1"]);
  assertEquals([series!.package, series!.asked, series!.problem], [TITLE, older["resolved"], null]);
  assert(series!.bytes > 1024 && pinned!.bytes > 1024);
  assertEquals((await bench.prepare({ offline: true })).package, TITLE);

  await Deno.writeTextFile(path, "{");
  const [damaged] = await keptPlaces(bench.cache);
  assertEquals([damaged!.package, damaged!.asked], [null, null]);
  assertStringIncludes(damaged!.problem!, "damaged: kernel.json cannot be understood");
});
