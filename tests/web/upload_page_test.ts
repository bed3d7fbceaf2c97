/// <reference lib="dom" />

import { Buffer } from "node:buffer";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { needs } from "../fixtures/needs.ts";
import { chromiumPath } from "./report_browser.ts";
import { openPage } from "./browser.ts";
import { ID, Place } from "./upload_place.ts";

Deno.test({
  ...needs("a file that is chosen or dropped is sent, and what is wrong with it is said", {
    "chromium (deno task setup)": chromiumPath !== null,
  }),
  async fn(): Promise<void> {
    await using place = await Place.open();
    place.run();
    const archive = await place.tar(["cz"], [ID]);
    await using opened = await openPage(place.server.at("/runs"), { width: 390, scheme: "light" });
    const { page, complaints } = opened;
    const file = (name: string, bytes: Uint8Array): Parameters<typeof page.setInputFiles>[1] => ({
      name,
      mimeType: "application/octet-stream",
      // Playwright takes what Node calls a buffer
      buffer: Buffer.from(bytes),
    });
    await page.setInputFiles("#upload input", file("note.txt", new Uint8Array([1, 2, 3])));
    await page.waitForSelector("#upload .bad");
    assertStringIncludes(
      await page.textContent("#upload [role=status]") ?? "",
      "neither a Perfetto",
    );
    await page.setInputFiles("#upload input", file("run.tgz", archive));
    await page.waitForURL(`**/runs/${ID}`);
    // Once more, dropped: it is there already
    await page.goto(place.server.at("/"));
    const data = await page.evaluateHandle((bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], "run.tgz"));
      return transfer;
    }, [...archive]);
    await page.dispatchEvent("body", "drop", { dataTransfer: data });
    await page.waitForSelector("#upload .bad");
    assertStringIncludes(
      await page.textContent("#upload [role=status]") ?? "",
      `see it at /runs/${ID}`,
    );
    // The browser itself says that two requests were refused
    assertEquals(complaints.filter((one) => !/status of (415|409)/.test(one)), []);
  },
});
