import { assertEquals } from "@std/assert";
import { openWasmPipe } from "./wasm_pipe.ts";

/** Glue of an engine that says a lot as soon as it has its port. */
const talkative = `self.onmessage = ({ data: port }) => {
  for (let i = 0; i < 100; i++) port.postMessage(Uint8Array.of(i));
};`;

Deno.test("a pipe that is closed drops what the engine said and nobody has taken", async () => {
  const pipe = openWasmPipe({ glue: talkative, wasm: new Uint8Array(8) });
  const reader = pipe.readable.getReader();
  assertEquals((await reader.read()).value, Uint8Array.of(0));
  // Everything has arrived at the port by now, and most of it is handed out by closing
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  await reader.cancel();
  assertEquals(await reader.read(), { value: undefined, done: true });
});
