/** A small archive of Debian packages, signed with a key of its own, in a temporary folder. */

import { sha256Of } from "../kernels/kernel_cache.ts";
import { arm64Image } from "./kernel_bytes.ts";

/** A kernel package to be made. */
export interface KernelPackage {
  readonly release: string;
  readonly version: string;
  /** Files by path in the package; by default an arm64 image and its configuration. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Options that have everything built in, as in Debian's 6.12. */
export const BUILT_IN = "CONFIG_VIRTIO=y\nCONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n";

/** An archive with the suites bookworm or trixie, for arm64. */
export class DebianArchive implements AsyncDisposable {
  /** Where it lies. */
  readonly path: string;
  /** Public key that signs it. */
  readonly keyring: string;
  readonly #place: string;
  readonly #gnupg: string;
  #published = 0;

  private constructor(place: string) {
    this.#place = place;
    this.path = `${place}/debian`; // as mirrors call it
    this.keyring = `${place}/archive.gpg`;
    this.#gnupg = `${place}/gnupg`;
  }

  /** Makes an empty one. */
  static async open(): Promise<DebianArchive> {
    const archive = new DebianArchive(await Deno.makeTempDir({ prefix: "fencelab-archive-" }));
    await Deno.chmod(archive.#place, 0o755);
    await Deno.mkdir(archive.path);
    await Deno.mkdir(archive.#gnupg, { mode: 0o700 });
    const key = [
      "--quick-generate-key",
      "--passphrase",
      "",
      "archive@test",
      "ed25519",
      "sign",
      "0",
    ];
    await archive.#gpg(...key);
    await archive.#gpg("--output", archive.keyring, "--export");
    return archive;
  }

  /** Its URI for apt. */
  get uri(): string {
    return `file:${this.path}`;
  }

  /**
   * Publishes a suite with kernels and the metapackage that stands for the first one; what its
   * index had is gone.
   */
  async publish(
    suite: string,
    kernels: KernelPackage | readonly [KernelPackage, ...KernelPackage[]],
    metapackage: string,
  ): Promise<void> {
    const all = "version" in kernels ? [kernels] as const : kernels;
    const stanzas: string[] = [];
    for (const { release, version, files } of all) {
      stanzas.push(
        await this.#pack(
          `linux-image-${release}`,
          version,
          [],
          files ?? {
            [`boot/vmlinuz-${release}`]: arm64Image,
            [`boot/config-${release}`]: BUILT_IN,
          },
        ),
      );
    }
    const { release, version } = all[0];
    const depends = `Depends: linux-image-${release} (= ${version})`;
    stanzas.push(await this.#pack(metapackage, version, [depends], {}));
    await this.#index(suite, stanzas.join("\n"));
  }

  /** Path of the index of a suite. */
  index(suite: string): string {
    return `${this.path}/dists/${suite}/main/binary-arm64/Packages`;
  }

  /** Path of the file of a kernel's package. */
  deb({ release, version }: KernelPackage): string {
    return `${this.path}/pool/linux-image-${release}_${version}_arm64.deb`;
  }

  async #pack(
    name: string,
    version: string,
    fields: readonly string[],
    files: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<string> {
    const tree = await Deno.makeTempDir({ dir: this.path });
    const control = [
      `Package: ${name}`,
      `Version: ${version}`,
      "Architecture: arm64",
      "Maintainer: a test <test@localhost>",
      ...fields,
      "Description: made by a test",
      "",
    ].join("\n");
    for (const [path, data] of Object.entries({ "DEBIAN/control": control, ...files })) {
      await Deno.mkdir(`${tree}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeFile(
        `${tree}/${path}`,
        typeof data === "string" ? new TextEncoder().encode(data) : data,
      );
    }
    await Deno.chmod(tree, 0o755);
    await Deno.mkdir(`${this.path}/pool`, { recursive: true });
    const file = `pool/${name}_${version}_arm64.deb`;
    await run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, `${this.path}/${file}`);
    await Deno.remove(tree, { recursive: true });
    const { size } = await Deno.stat(`${this.path}/${file}`);
    const sha256 = await sha256Of(`${this.path}/${file}`);
    return `${control}Filename: ${file}\nSize: ${size}\nSHA256: ${sha256}\n`;
  }

  async #index(suite: string, packages: string): Promise<void> {
    const folder = `${this.path}/dists/${suite}`;
    const index = "main/binary-arm64/Packages";
    await Deno.mkdir(`${folder}/main/binary-arm64`, { recursive: true });
    await Deno.writeTextFile(`${folder}/${index}`, packages);
    const { size } = await Deno.stat(`${folder}/${index}`);
    const release = [
      "Origin: Debian",
      `Suite: ${"old".repeat(this.#published++)}stable`, // as time goes by
      `Codename: ${suite}`,
      `Date: ${new Date().toUTCString()}`,
      "Architectures: arm64",
      "Components: main",
      "SHA256:",
      ` ${await sha256Of(`${folder}/${index}`)} ${size} ${index}`,
      "",
    ].join("\n");
    await Deno.writeTextFile(`${folder}/Release`, release);
    const signed = `${folder}/InRelease`;
    await this.#gpg("--yes", "--output", signed, "--clearsign", `${folder}/Release`);
  }

  async #gpg(...args: string[]): Promise<void> {
    await run("gpg", "--homedir", this.#gnupg, "--batch", "--quiet", ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // gpg has started an agent, which would stay
    await run("gpgconf", "--homedir", this.#gnupg, "--kill", "all");
    await Deno.remove(this.#place, { recursive: true });
  }
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program} ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
