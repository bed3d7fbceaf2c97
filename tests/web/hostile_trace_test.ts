/// <reference lib="dom" />

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sampleCapture, sampleRun } from "../../lab/testdata/sample_run.ts";
import { RunStore } from "../../lab/store/run_store.ts";
import { memorySource } from "../../traces/convert/capture_source.ts";
import { convertCapture } from "../../traces/convert/convert.ts";
import { TraceIndexBuilder } from "../../traces/index/index_builder.ts";
import { joinColumns } from "../../traces/index/join_columns.ts";
import { encodeIndex } from "../../traces/index/index_file.ts";
import { concatBytes } from "../../traces/protobuf/concat_bytes.ts";
import { oneSenderCapture } from "../fixtures/traces/capture_maker.ts";
import { pageLayout } from "../fixtures/traces/page_maker.ts";
import { needs } from "../fixtures/needs.ts";
import { chromiumPath } from "./report_browser.ts";
import { HOSTILE } from "../lab/report_place.ts";
import { engineNeed } from "../traces/processor_engine.ts";
import { openPage } from "./browser.ts";
import { WebServer } from "./server.ts";

const ID = "20261121T060000Z-evil-0001";

/** A run whose trace has threads and techniques of hostile names. */
async function putTrace(store: string): Promise<Uint8Array<ArrayBuffer>> {
  const maker = oneSenderCapture(pageLayout(4096, true));
  // The longest that a capture may have
  maker.json["techniques"] = HOSTILE.map((name) => name.slice(0, 128));
  maker.json["threads"] = HOSTILE.map((comm, at) => ({
    tid: 100 + at,
    tgid: 100,
    comm: comm.slice(0, 256),
  }));
  HOSTILE.forEach((_, technique) => {
    const begin = 3_000_000_000n + BigInt(technique) * 1_000_000n;
    const tid = 100 + technique;
    maker.operation({ begin, end: begin + 400_000n, tid, technique, id: BigInt(50 + technique) });
    maker.event(0, begin + 1000n, tid, "raw_syscalls:sys_enter", { id: 324, args: [] });
  });
  const chunks: Uint8Array[] = [];
  const index = new TraceIndexBuilder();
  const sink = { write: (chunk: Uint8Array): void => void chunks.push(chunk.slice()) };
  await convertCapture(memorySource(maker.build()), sink, { index });
  const trace = concatBytes(chunks);
  const files = new Map([
    ["capture.pftrace", trace],
    ["capture.pfindex", encodeIndex(joinColumns(index))],
  ]);
  const results = [sampleCapture({ index: "capture.pfindex" })];
  await new RunStore(store).save(sampleRun({ id: ID, results }), files);
  return trace;
}

Deno.test({
  ...needs("names in traces are shown as texts, with an index and without", {
    "chromium (deno task setup)": chromiumPath !== null,
    ...engineNeed,
  }),
  async fn(): Promise<void> {
    const store = await Deno.makeTempDir({ prefix: "fencelab-web-hostile-" });
    try {
      const trace = await putTrace(store);
      await using server = await WebServer.open(store);
      const upload = await server.fetch("/api/uploads", { method: "POST", body: trace });
      const { url } = await upload.json();
      for (const path of [`/traces/${ID}~capture.pftrace`, url]) {
        await using opened = await openPage(server.at(path), { width: 390, scheme: "dark" });
        const { page, complaints } = opened;
        // Without an index the page says so, and loads again when there is one
        await page.waitForFunction(
          () => performance.getEntriesByName("timeline-ready").length > 0,
          undefined,
          { timeout: 60_000 },
        );
        await page.locator("#operations a").first().click();
        await page.waitForTimeout(500);
        const found = await page.evaluate(() => ({
          pwned: (globalThis as { pwned?: number }).pwned,
          images: document.images.length,
          inline: [...document.scripts].filter(({ src, type }) =>
            src === "" && type !== "application/json"
          ).length,
          text: document.body.innerText,
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        }));
        assertEquals([found.pwned, found.images, found.inline], [undefined, 0, 0], path);
        assertEquals(found.wide, 0, `${path}: a long name makes the page scroll sideways`);
        assertStringIncludes(found.text, "<script>globalThis.pwned = 1</script>");
        assert(!/[\u202e\u2066\u200b]/.test(found.text), `${path}: marks got through`);
        assertEquals(complaints, [], path);
      }
    } finally {
      await Deno.remove(store, { recursive: true });
    }
  },
});
