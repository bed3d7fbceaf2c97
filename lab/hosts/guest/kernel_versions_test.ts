import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";

import { HostError } from "../../format/host_error.ts";
import { parseGuestName } from "./guest_name.ts";
import type { KernelPackage } from "./testdata/debian_archive.ts";
import { archiveTest, FIRST, META, SECOND } from "./testdata/kernel_bench.ts";

const NO_MIRROR = { mirror: "file:/no/such/mirror" };
const TITLE = "linux-image-6.12.1-cloud-arm64 6.12.1-1";
const SECOND_TITLE = "linux-image-6.12.2-cloud-arm64 6.12.2-1";

/** As Debian names 6.1's packages: the name changes less often than the version. */
const OLD: KernelPackage = { release: "6.1.0-28-cloud-arm64", version: "6.1.119-1" };
const OLD_SERIES = parseGuestName("qemu-arm64@6.1");

archiveTest("one version by name is that version for ever, without the network", async (bench) => {
  await bench.archive.publish("bookworm", [{ ...OLD, version: "6.1.120-1" }, OLD], META);
  const spec = parseGuestName("qemu-arm64@6.1.119");
  const pinned = await bench.prepare({}, spec);
  assertEquals([pinned.package, pinned.problem], [
    "linux-image-6.1.0-28-cloud-arm64 6.1.119-1",
    null,
  ]);
  assert(pinned.image.startsWith(`${bench.cache}/aarch64-6.1.119-standard/`));
  assertEquals(await bench.prepare({ ...NO_MIRROR, refresh: true }, spec), {
    ...pinned,
    bytesFetched: 0,
  });

  // The series goes its own way, and has the version at hand when it needs it
  const newest = await bench.prepare({}, OLD_SERIES);
  assertStringIncludes(newest.package!, "6.1.120-1");
  await Deno.remove(`${bench.cache}/aarch64-6.1-standard`, { recursive: true });
  const kept = await bench.prepare(NO_MIRROR, OLD_SERIES);
  assertEquals([kept.image, kept.bytesFetched], [pinned.image, 0]);
  assertStringIncludes(kept.problem!, "was kept from earlier: ");
});

archiveTest("a version that its series has is not fetched again, and stays", async (bench) => {
  const series = await bench.prepare();
  const spec = parseGuestName("qemu-arm64@6.12.1");
  await Deno.remove(bench.archive.deb(FIRST));
  const offline = await bench.prepare({ offline: true }, spec);
  assertEquals(offline, { ...series, bytesFetched: 0 });
  const asked = bench.labels.filter((label) => label.startsWith("reading")).length;
  const pinned = await bench.prepare(NO_MIRROR, spec);
  assertEquals([pinned.package, pinned.bytesFetched, pinned.problem], [TITLE, 0, null]);
  assertEquals(bench.labels.filter((label) => label.startsWith("reading")).length, asked);
  assert(pinned.image !== series.image && pinned.sha256 === series.sha256);
  for (const version of ["6.12.2-1", "6.12.2-2"]) {
    await bench.archive.publish("trixie", { ...SECOND, version }, META);
    await bench.prepare({ refresh: true });
  }
  await assertRejects(() => Deno.stat(series.image), Deno.errors.NotFound);
  assertEquals(await bench.prepare({ offline: true }, spec), pinned);
});

archiveTest(
  "a version that is not to be had is never replaced; those that are there are named",
  async (bench) => {
    await bench.prepare();
    await bench.archive.publish("trixie", [SECOND, FIRST], META);
    const spec = parseGuestName("qemu-arm64@6.12.9");
    const { message } = await assertRejects(() => bench.prepare({}, spec), HostError);
    assertStringIncludes(message, "Cannot prepare kernel 6.12.9 for aarch64: ");
    assertStringIncludes(message, "no suite has 6.12.9; there are 6.12.2-1, 6.12.1-1");
    assertStringIncludes(message, "Remedy: name a version that is there");
    await assertRejects(() => bench.prepare({ offline: true }, spec), HostError, "offline");
    await Deno.remove(bench.archive.deb(SECOND));
    const lost = parseGuestName("qemu-arm64@6.12.2");
    const fresh = { cache: `${bench.cache}/other` };
    const lacking = await assertRejects(() => bench.prepare(fresh, lost), HostError);
    assertStringIncludes(lacking.message, `Cannot take ${SECOND_TITLE} of trixie: `);
    assertStringIncludes(
      lacking.message,
      "no other suite has 6.12.2; there are 6.12.2-1, 6.12.1-1",
    );
    const gone = await assertRejects(() => bench.prepare(NO_MIRROR, spec), HostError);
    assertStringIncludes(gone.message, "/no/such/mirror");
  },
);
