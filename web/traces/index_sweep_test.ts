import { assertEquals } from "@std/assert";
import { sweepIndexes } from "./index_sweep.ts";

const RUN = "20261121T103110Z-local-b4bd";
const HERE = `${"a".repeat(64)}.pftrace`;
const GONE = `${"b".repeat(64)}.pftrace`;

Deno.test("sweepIndexes() removes indexes of traces that are gone, and nothing else", async () => {
  const store = await Deno.makeTempDir({ prefix: "fencelab-sweep-" });
  try {
    await sweepIndexes(store); // there is nothing yet
    for (const name of [".indexes", ".uploads", RUN]) await Deno.mkdir(`${store}/${name}`);
    const kept = [
      "notes.txt",
      `${RUN}~capture.pftrace.pfindex`,
      `${RUN}~capture.pftrace.pfindex.77.tmp`,
      `upload~${HERE}.pfindex`,
    ];
    const useless = [
      `${RUN}~other.pftrace.pfindex`,
      `20261121T103110Z-local-0000~capture.pftrace.pfindex`,
      `upload~${GONE}.pfindex`,
      `upload~${HERE}.pfindex.78.tmp`,
    ];
    for (const name of [...kept, ...useless]) {
      await Deno.writeTextFile(`${store}/.indexes/${name}`, "");
    }
    await Deno.writeTextFile(`${store}/${RUN}/capture.pftrace`, "");
    await Deno.writeTextFile(`${store}/.uploads/${HERE}`, "");
    const longAgo = new Date(Date.now() - 25 * 3600_000);
    await Deno.utime(`${store}/.indexes/${useless[3]}`, longAgo, longAgo);
    await sweepIndexes(store);
    const left = [...Deno.readDirSync(`${store}/.indexes`)].map(({ name }) => name);
    assertEquals(left.sort(), kept.sort());
  } finally {
    await Deno.remove(store, { recursive: true });
  }
});
