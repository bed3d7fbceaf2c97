import { assertEquals } from "@std/assert";

import { debianSources } from "./debian_sources.ts";

/** The URIs that are found in a file of sources. */
function found(text: string, name = "sources.list"): (string | undefined)[] | null {
  const sources = debianSources([{ name, text }]);
  return sources && [sources.archive.uri, sources.security?.uri];
}

Deno.test("debianSources() reads the one-line format with options and comments", () => {
  const text = `
# deb http://no.example/debian trixie main
deb-src http://src.example/debian trixie main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://a.example/debian trixie main contrib # ours
deb http://b.example/debian trixie main
deb http://s.example/debian-security trixie-security main
`;
  assertEquals(debianSources([{ name: "sources.list", text }]), {
    archive: {
      uri: "http://a.example/debian",
      options: { "Signed-By": "/usr/share/keyrings/debian-archive-keyring.gpg" },
    },
    security: { uri: "http://s.example/debian-security", options: {} },
  });
});

Deno.test("debianSources() reads stanzas with continued lines, several archives and comments", () => {
  const text = `Types: deb deb-src
# http://snapshot.example
URIs: http://a.example/debian
  http://b.example/debian
Suites: bookworm bookworm-updates
components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDME
 -----END PGP PUBLIC KEY BLOCK-----
Check-Valid-Until: no

Types: deb
URIs: mirror+file:///etc/apt/mirrors/debian-security.list
Suites: bookworm-security
Components: main
`;
  const sources = debianSources([{ name: "debian.sources", text }]);
  assertEquals(sources?.archive.uri, "http://a.example/debian");
  assertEquals(sources?.archive.options, {
    "Signed-By":
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDME\n -----END PGP PUBLIC KEY BLOCK-----",
    "Check-Valid-Until": "no",
  });
  assertEquals(sources?.security?.uri, "mirror+file:///etc/apt/mirrors/debian-security.list");
});

Deno.test("debianSources() passes over what is switched off, for sources only, or not main", () => {
  const stanza = (types: string, components: string, more = ""): string =>
    `Types: ${types}\nURIs: http://a.example/debian\nSuites: sid\nComponents: ${components}\n${more}`;
  assertEquals(found(stanza("deb", "main"), "a.sources"), ["http://a.example/debian", undefined]);
  for (
    const text of [
      stanza("deb-src", "main"),
      stanza("deb", "contrib non-free"),
      stanza("deb", "main", "Enabled: no\n"),
      "",
    ]
  ) assertEquals(found(text, "a.sources"), null, text);
});

Deno.test("debianSources() takes no other distribution's or vendor's archive for Debian's", () => {
  for (
    const line of [
      "http://archive.example/ubuntu noble main",
      "https://deb.example/node_20.x bookworm main",
      "https://download.example/linux/debian bookworm stable",
      "http://apt.example/pub/repos/apt bookworm-pgdg main",
      "http://a.example/debian ./",
      "cdrom:[Debian GNU/Linux 12 _Bookworm_]/ bookworm main",
    ]
  ) assertEquals(found(`deb ${line}\n`), null, line);
});

Deno.test("debianSources() knows mirrors under other names, and snapshots", () => {
  for (
    const uri of [
      "http://mirror.example/pub/debian/",
      "https://repo.example/artifactory/debian-remote",
      "http://snapshot.example/archive/debian/20250520T000000Z",
      "mirror+file:/etc/apt/mirrors/debian.list",
    ]
  ) assertEquals(found(`deb ${uri} trixie main\n`), [uri, undefined]);
});

Deno.test("debianSources() prefers Debian's keyring to none, and none to another", () => {
  const own =
    "deb [signed-by=/etc/apt/keyrings/vendor.gpg] http://vendor.example/debian trixie main\n";
  const bare = "deb http://bare.example/debian trixie main\n";
  const debian =
    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://x.example/mirror trixie main\n";
  assertEquals(found(own + bare + debian), ["http://x.example/mirror", undefined]);
  assertEquals(found(own + bare), ["http://bare.example/debian", undefined]);
  assertEquals(found(own), ["http://vendor.example/debian", undefined]);
});

Deno.test("debianSources() takes the first file that has one", () => {
  const file = (name: string): { name: string; text: string } => ({
    name: `${name}.list`,
    text: `deb http://${name}.example/debian trixie main\n`,
  });
  const sources = debianSources([{ name: "none.list", text: "" }, file("a"), file("b")]);
  assertEquals(sources?.archive.uri, "http://a.example/debian");
});
