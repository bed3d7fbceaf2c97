import { assertEquals, assertStringIncludes } from "@std/assert";
import { endpointOff } from "./perfetto.ts";

Deno.test("endpointOff() names the port that is taken, or the option that turned it off", () => {
  const taken = endpointOff({ perfettoPort: 9123 });
  assertStringIncludes(taken.message, "another program listens on port 9123");
  assertStringIncludes(taken.remedy, "give another --perfetto-port");
  const off = endpointOff({ perfettoPort: null });
  assertEquals(off.message, "The endpoint for the Perfetto UI is turned off");
  assertStringIncludes(off.remedy, "leave out --perfetto-port off");
});
