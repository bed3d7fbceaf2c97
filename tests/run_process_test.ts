import { assertEquals, assertMatch } from "@std/assert";

import { needs } from "./fixtures/needs.ts";
import { type Outcome, ownNetwork, runTests, type TestProcessOptions } from "./run_process.ts";

const network = await ownNetwork();

/** Runs tests of a text. */
async function outcomeOf(
  text: string,
  options: Partial<TestProcessOptions> = {},
): Promise<Outcome> {
  const file = await Deno.makeTempFile({ prefix: "fencelab-run-", suffix: "_test.ts" });
  try {
    await Deno.writeTextFile(file, text);
    const { signal } = new AbortController();
    const some = { network: [], niceness: 0, env: {}, deadline: 60, signal };
    return await runTests("the file", [file], { ...some, ...options });
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("runTests() counts what passed, failed and was skipped, by name", async () => {
  const { passed, failed, skipped } = await outcomeOf(`
    Deno.test("is fine", () => {});
    Deno.test("is 'not' <fine> & \\"odd\\"", () => { throw new Error("no,\\n never"); });
    Deno.test({ name: "is left out (skipped: needs luck)", ignore: true, fn() {} });
  `);
  assertEquals([passed, failed, skipped], [
    1,
    [`is 'not' <fine> & "odd": Error: no, never`],
    ["is left out (skipped: needs luck)"],
  ]);
});

Deno.test("runTests() takes a file that does not load for a failure", async () => {
  const { passed, failed } = await outcomeOf("throw new Error('at once');");
  assertEquals([passed, failed.length], [0, 1]);
});

Deno.test("runTests() ends a file at its deadline and names the test that it was at", async () => {
  const { failed } = await outcomeOf(
    `
    Deno.test("is fine", () => {});
    Deno.test("waits for ever", () => new Promise((resolve) => setTimeout(resolve, 1e9)));
  `,
    { deadline: 3 },
  );
  assertEquals(failed, ["the file did not end within 3 s; it was at: waits for ever"]);
});

Deno.test({
  ...needs("tests in a network of their own meet nobody's claim on this machine", {
    "a network of one's own": network.length > 0,
  }),
  async fn(): Promise<void> {
    // As ffi/core/session/claim.c does
    const claim = `import { createServer } from "node:net";
      const server = createServer();
      await new Promise((resolve, reject) => {
        server.on("error", reject);
        server.listen({ path: "\\0fencelab-test-" + NAME }, resolve);
      });`;
    const name = JSON.stringify(crypto.randomUUID());
    const nested = `${claim.replace("NAME", name)}
      Deno.test("has it", () => { server.close(); });`;
    const { createServer } = await import("node:net");
    const holder = createServer();
    await new Promise<void>((resolve) =>
      holder.listen({ path: `\0fencelab-test-${JSON.parse(name)}` }, resolve)
    );
    try {
      const shared = await outcomeOf(nested);
      assertMatch(shared.output, /EADDRINUSE/);
      const { passed, failed, output } = await outcomeOf(nested, { network });
      assertEquals([passed, failed], [1, []], output);
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
  },
});
