import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

import { parseRun } from "../../lab/experiments/run/run_schema.ts";
import { lab } from "../fixtures/lab_process.ts";
import { isRoot, needs } from "../fixtures/needs.ts";

const short = ["run", "--experiment", "cost", "--technique", "getppid", "--seconds", "0.05"];

/** A directory of its own, removed at the end. */
class Temporary implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fencelab-test-" });
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function runsIn(store: string): string[] {
  try {
    return [...Deno.readDirSync(store)].map(({ name }) => name)
      .filter((name) => name !== ".index.sqlite" && !name.startsWith(".index.sqlite-"));
  } catch {
    return [];
  }
}

Deno.test("lab run stores one valid run, prints it as JSON, and shows it again", async () => {
  using store = new Temporary();
  const { code, stdout, stderr } = await lab([...short, "--out", store.path, "--json"]);
  assertEquals(code, 0, stderr);
  const run = parseRun(stdout, "stdout");
  assertEquals(runsIn(store.path), [run.id]);
  assertEquals(run.results.map((result) => result.experiment), ["cost", "cost"]);
  assertStringIncludes(run.command, "--technique getppid --seconds 0.05");
  const text = Deno.readTextFileSync(`${store.path}/${run.id}/run.json`);
  assertEquals(parseRun(text, "run.json"), run);

  const shown = await lab(["show", "latest", "--out", store.path]);
  assertEquals([shown.code, shown.stderr], [0, ""]);
  for (const word of [run.id, "getppid", "IPIs/op", "p99"]) {
    assertStringIncludes(shown.stdout, word);
  }
  // deno-lint-ignore no-control-regex -- the escape character is what must not be there
  assert(!/\x1b/.test(shown.stdout), "no colours into a pipe");
  const again = await lab(["show", run.id.slice(0, 16), "--out", store.path, "--json"]);
  assertEquals(JSON.parse(again.stdout), JSON.parse(stdout));
  const listed = await lab(["show", "--out", store.path, "--json"]);
  assertEquals(JSON.parse(listed.stdout).map((row: { id: string }) => row.id), [run.id]);
});

Deno.test("lab run by the agent's pipes gives a run that says so", async () => {
  using store = new Temporary();
  const args = [...short, "--transport", "agent", "--out", store.path, "--json"];
  const { code, stdout, stderr } = await lab(args);
  assertEquals(code, 0, stderr);
  assertEquals(parseRun(stdout, "stdout").host.transport, "agent");
});

Deno.test("lab run takes paths from where the user stands", async () => {
  using place = new Temporary();
  const plan = { name: "mine", experiments: [{ experiment: "conformance" }] };
  Deno.writeTextFileSync(`${place.path}/plan.json`, JSON.stringify(plan));
  const { code, stdout, stderr } = await lab(
    ["run", "--plan", "plan.json", "--out", "mine/runs", "--json"],
    { cwd: place.path },
  );
  assertEquals(code, 0, stderr);
  assertEquals(runsIn(`${place.path}/mine/runs`), [parseRun(stdout, "stdout").id]);
});

const mistakes: [string[], string][] = [
  [["rum"], "Unknown command 'rum'"],
  [["run", "--hots", "local"], "Unknown option '--hots'"],
  [["run", "--host", "p9"], "Cannot find host 'p9'"],
  [["run", "--experiment", "costs"], "Unknown experiment 'costs'"],
  [["run", "--technique", "mprotec"], "Unknown technique 'mprotec'. Remedy: perhaps mprotect"],
  [["run", "--seconds", "much"], "--seconds 'much'"],
  [["run", "--seconds"], "'--seconds' lacks its value"],
  [["run", "--seconds", "1", "--seconds", "2"], "given 2 times"],
  [["run", "--json=yes"], "takes no value"],
  [["run", "more"], "Unexpected argument 'more'"],
  [["run", "--plan", "no.json"], "there is no such file"],
  [["run", "--plan", "deno.json"], "Cannot read the plan 'deno.json': at"],
  [["run", "--plan", "LICENSE"], "it is not JSON"],
  [["run", "--transport", "smoke"], "expected ffi or agent"],
  [["show", "20990101"], "20990101"],
  [["show", "../deno.json"], "Cannot find run"],
  [["show", "--limit", "0"], "--limit '0'"],
];

for (const [args, message] of mistakes) {
  Deno.test(`lab ${args.join(" ")} is refused with cause and remedy`, async () => {
    using store = new Temporary();
    const out = args[0] === "rum" ? [] : ["--out", store.path];
    const { code, stdout, stderr } = await lab([...args, ...out], {
      cwd: new URL("../..", import.meta.url).pathname,
    });
    assertEquals([code, stdout], [1, ""], stderr);
    assertStringIncludes(stderr, message);
    assert(!stderr.includes("    at "), "no stack for a user's mistake");
    assertEquals(runsIn(store.path), []);
  });
}

Deno.test("a corrupt run is named with its fault, and the list goes on", async () => {
  using store = new Temporary();
  const { stdout } = await lab([...short, "--out", store.path, "--json"]);
  const { id } = parseRun(stdout, "stdout");
  Deno.writeTextFileSync(`${store.path}/${id}/run.json`, stdout.slice(0, 500));
  const shown = await lab(["show", id, "--out", store.path]);
  assertEquals([shown.code, shown.stdout], [1, ""]);
  assertStringIncludes(shown.stderr, "it is not JSON");
  const listed = await lab(["show", "--out", store.path]);
  assertEquals(listed.code, 0);
  assertStringIncludes(listed.stdout, "damaged");
});

async function mounted(options: string, test: (path: string) => Promise<void>): Promise<void> {
  using place = new Temporary();
  const mount = async (...args: string[]): Promise<void> => {
    const { success } = await new Deno.Command("mount", { args }).output();
    assert(success, `mount ${args.join(" ")}`);
  };
  await mount("-t", "tmpfs", "-o", options, "tmpfs", place.path);
  try {
    await test(place.path);
  } finally {
    await new Deno.Command("umount", { args: ["--lazy", place.path] }).output();
  }
}

Deno.test({
  ...needs("a read-only store is refused before anything is measured", { root: isRoot }),
  async fn(): Promise<void> {
    await mounted("ro,size=4m", async (path) => {
      const { code, stdout, stderr } = await lab([...short, "--out", path]);
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, `Cannot store runs in '${path}'`);
      assertStringIncludes(stderr, "read-only");
    });
  },
});

Deno.test({
  ...needs("a full disk is refused before anything is measured", { root: isRoot }),
  async fn(): Promise<void> {
    await mounted("size=64k", async (path) => {
      const { code, stdout, stderr } = await lab([...short, "--out", path]);
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, "full");
      assertEquals(runsIn(path), []);
    });
  },
});

Deno.test("every command has help with an example", async () => {
  const whole = await lab(["--help"]);
  assertEquals(whole.code, 0);
  for (const command of ["run", "doctor", "hosts", "show"]) {
    assertStringIncludes(whole.stdout, `  ${command} `);
    const { code, stdout } = await lab([command, "--help"]);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "Examples:\n  deno task lab");
    assertStringIncludes(stdout, "--json");
  }
});

Deno.test("lab hosts lists the kernels that are kept", async () => {
  const home = await Deno.makeTempDir();
  try {
    const folder = `${home}/fencelab/kernels/ppc64le-6.12.107-64k`;
    await Deno.mkdir(folder, { recursive: true });
    const asked = new Date(Date.now() - 3 * 24 * 3600 * 1000).toISOString();
    const name = "linux-image-6.12.107+deb13-powerpc64le-64k";
    const kernel = { package: name, version: "6.12.107-1", release: "6.12.107", resolved: asked };
    const image = { file: "vmlinux", sha256: "0".repeat(64) };
    const record = { format: "fencelab.kernel/1", ...kernel, folder: "f", image, modules: [] };
    const text = JSON.stringify(record);
    await Deno.writeTextFile(`${folder}/kernel.json`, text);
    const env = { XDG_CACHE_HOME: home };
    const table = await lab(["hosts"], { env });
    assertEquals(table.code, 0, table.stderr);
    assertMatch(
      table.stdout,
      /qemu-ppc64le@6\.12\.107-64k +linux-image-\S+ 6\.12\.107-1 +3 days ago/,
    );
    const { stdout } = await lab(["hosts", "--json"], { env });
    const rows = JSON.parse(stdout) as { name: string; cached?: unknown }[];
    const cachedOf = (host: string): unknown => rows.find((row) => row.name === host)!.cached;
    assertEquals([cachedOf("local"), cachedOf("qemu-arm64")], [undefined, []]);
    assertEquals(cachedOf("qemu-ppc64le"), [{
      host: "qemu-ppc64le@6.12.107-64k",
      package: `${name} 6.12.107-1`,
      asked,
      problem: null,
      bytes: text.length,
    }]);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("lab doctor says what this machine can do, as text and as JSON", async () => {
  const { code, stdout, stderr } = await lab(["doctor", "--json"]);
  assertEquals(code, 0, stderr);
  const { canRun, checks } = JSON.parse(stdout);
  assertEquals(canRun, true);
  for (const check of checks) {
    assertEquals(check.state === "ok", check.remedy === null && check.reason === null, check.id);
  }
  const text = await lab(["doctor"]);
  assertStringIncludes(text.stdout, checks[0].title);
});

Deno.test("lab run --dry-run lists the steps and stores nothing", async () => {
  using store = new Temporary();
  const { code, stdout } = await lab([...short, "--dry-run", "--out", store.path, "--json"]);
  assertEquals(code, 0);
  const { steps } = JSON.parse(stdout);
  assert(steps.every((step: { label: string }) => step.label.startsWith("cost getppid")));
  assertEquals(runsIn(store.path), []);
});
