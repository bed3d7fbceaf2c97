/** Both doors to the local core, for tests that hold for either. */

import { ensureBuild } from "../ffi/build.ts";
import { openFfiChannel } from "../ffi/ffi_channel.ts";
import { loadLibrary } from "../ffi/library.ts";
import { type Channel, Session } from "../ffi/session.ts";
import { openCommandChannel } from "../lab/hosts/command_channel.ts";

/** The build that all tests use. */
export const build = await ensureBuild();

/** A door by name. */
export const doors = {
  ffi: (): Channel => openFfiChannel(loadLibrary(build.library)),
  agent: (): Channel => openCommandChannel("the local agent", [build.agent]),
} as const;

/** The name of a door. */
export type Door = keyof typeof doors;

/** Defines one test per door. */
export function testBothDoors(name: string, test: (session: Session) => Promise<void>): void {
  for (const door of Object.keys(doors) as Door[]) {
    Deno.test(`${name} (${door})`, async () => {
      await using session = await Session.open(doors[door]());
      await test(session);
    });
  }
}
