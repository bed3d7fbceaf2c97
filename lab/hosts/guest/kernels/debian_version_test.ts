import { assertEquals } from "@std/assert";

import { compareVersions, upstreamVersion } from "./debian_version.ts";

Deno.test("compareVersions() orders kernels' versions as dpkg does", () => {
  const ascending = [
    "6.1.9-1",
    "6.1.119-1~bpo11+1",
    "6.1.119-1~deb11u1",
    "6.1.119-1",
    "6.1.119-1+deb12u1",
    "6.1.119-2",
    "6.1.120-1",
    "6.12~rc6-1~exp1",
    "6.12-1",
    "6.12.9-1",
    "6.12.107-1",
    "6.12.117-1",
    "1:6.1.1-1",
  ];
  for (const [at, older] of ascending.entries()) {
    for (const newer of ascending.slice(at + 1)) {
      assertEquals(compareVersions(older, newer) < 0, true, `${older} < ${newer}`);
      assertEquals(compareVersions(newer, older) > 0, true, `${newer} > ${older}`);
    }
    assertEquals(compareVersions(older, older), 0);
  }
});

Deno.test("upstreamVersion() leaves out Debian's revision", () => {
  for (
    const [version, upstream] of [
      ["6.12.107-1", "6.12.107"],
      ["6.1.119-1~bpo11+1", "6.1.119"],
      ["1:6.12.1-1", "6.12.1"],
    ] as const
  ) assertEquals(upstreamVersion(version), upstream);
});
