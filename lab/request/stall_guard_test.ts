import { assertEquals, assertRejects } from "@std/assert";

import type { RequestOptions } from "../../ffi/session.ts";
import { HostError } from "../format/host_error.ts";
import { guarded, type Requests, stallLimit } from "./stall_guard.ts";

/** A session whose requests end when they are told to. */
class Scripted implements Requests {
  options: RequestOptions = {};
  readonly #end = Promise.withResolvers<[]>();

  request(_kind: string, _parameters = {}, options: RequestOptions = {}): Promise<[]> {
    this.options = options;
    return this.#end.promise;
  }
  end(): void {
    this.#end.resolve([]);
  }
}

const about = { host: "p9", label: "cost mprotect" };

Deno.test("a request of which nothing comes is given up, with host, step and remedy", async () => {
  const session = guarded(new Scripted(), { ...about, seconds: 0.2 });
  const error = await assertRejects(() => session.request("cost"), HostError);
  assertEquals(
    error.message.startsWith(
      "Cannot go on with 'cost mprotect' on host 'p9': nothing has come of it for 0 s. Remedy: ",
    ),
    true,
    error.message,
  );
});

for (const kind of ["onProgress", "onFile", "onOutput"] as const) {
  Deno.test(`a request that tells something now and then is let go on (${kind})`, async () => {
    const inner = new Scripted();
    const session = guarded(inner, { ...about, seconds: 0.4 });
    let heard = 0;
    const running = session.request("capture", {}, { [kind]: () => void heard++ });
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await (inner.options[kind] as (piece: unknown) => unknown)(0);
    }
    inner.end();
    assertEquals([await running, heard], [[], 8]);
  });
}

Deno.test("what a request does not expect is not asked for", async () => {
  const inner = new Scripted();
  inner.end();
  await guarded(inner, { ...about, seconds: 60 }).request("cost");
  assertEquals([inner.options.onFile, inner.options.onOutput], [undefined, undefined]);
});

Deno.test("stallLimit() gives more time to what is expected to be silent", () => {
  assertEquals([stallLimit(0), stallLimit(25)], [60, 160]);
});
