import { assert, assertEquals, assertMatch } from "@std/assert";

import { findProgram } from "../../../ffi/find_program.ts";
import { parseGuestName } from "../../../lab/hosts/guest/guest_name.ts";
import { prepareKernel } from "../../../lab/hosts/guest/kernel.ts";
import { readImageKind } from "../../../lab/hosts/guest/kernels/kernel_image.ts";
import { mirrorAnswers } from "../place.ts";
import { hasProgram, isRoot, needs } from "../../fixtures/needs.ts";
import { UnprivilegedPlace } from "../../fixtures/unprivileged_place.ts";

const PATH = Deno.env.get("PATH") ?? "";
const PROGRAMS = ["apt-get", "apt-cache", "apt-config", "dpkg-deb", "tar"];

/** The smallest one, 21 MB. */
const HOST = "qemu-arm64@6.1";

const NEEDED = {
  "a mirror of Debian": PROGRAMS.every(hasProgram) && await mirrorAnswers(),
  "root (to become nobody)": isRoot,
  setpriv: hasProgram("setpriv"),
};

Deno.test({
  ...needs("a real kernel is fetched by nobody, with the lab's few permissions", NEEDED),
  async fn(): Promise<void> {
    const files = ["tests/guests/mirror/kernel_program.ts"];
    await using place = await UnprivilegedPlace.open(...files);
    const before = await aptLists();
    const cache = `${place.path}/kernels`;
    const folders = PATH.split(":").filter((folder) => folder.startsWith("/"));
    const { code, stdout, stderr } = await place.deno([
      "run",
      "--no-prompt",
      "--allow-env=PATH",
      `--allow-read=${[place.path, "/etc/apt", "/usr/share/keyrings", ...folders].join(",")}`,
      `--allow-write=${cache}`,
      `--allow-run=${PROGRAMS.map((name) => findProgram(name, PATH)).join(",")}`,
      ...files,
      cache,
      HOST,
    ]);
    assertEquals(code, 0, stderr);
    const [done] = JSON.parse(stdout);
    assertEquals([done.error, done.fromCache], [null, false]);
    assertMatch(done.release, /^6\.1\.\d+-\d+-cloud-arm64$/);
    assert(done.bytesFetched > 1e7);
    assertEquals(await readImageKind(done.path), { arch: "aarch64", bootable: true });

    const kept = await prepareKernel(parseGuestName(HOST), { cache, offline: true });
    assertEquals([kept.image, kept.modules.length], [done.path, 6]);
    assertEquals(await aptLists(), before, "the system's apt is as it was");
  },
});

/** Lists of the system's apt with their times. */
async function aptLists(): Promise<string[]> {
  const lists: string[] = [];
  for await (const { name } of Deno.readDir("/var/lib/apt/lists")) {
    const { mtime } = await Deno.stat(`/var/lib/apt/lists/${name}`);
    lists.push(`${name} ${mtime?.getTime()}`);
  }
  return lists.sort();
}
