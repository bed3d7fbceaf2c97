import { assert, assertEquals, assertStringIncludes } from "@std/assert";

import { cacheDirectory } from "../../lab/places/cache_directory.ts";
import { hostsFor, permissionsFor } from "../../lab/cli/permissions.ts";
import { parseCommandLine } from "../../lab/cli/parse.ts";
import { taskArguments } from "../fixtures/lab_process.ts";

const project = new URL("../../", import.meta.url).pathname;

async function denoRun(flags: readonly string[], script: string): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...flags, file],
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(file);
  }
}

/** Tries actions one by one and prints "granted" or "refused" for each. */
function attempts(actions: Readonly<Record<string, string>>): string {
  return Object.entries(actions).map(([name, action]) =>
    `try { ${action}; console.log("${name} granted"); }
     catch (e) { console.log("${name}", e instanceof Deno.errors.NotCapable ? "refused" : "granted"); }`
  ).join("\n");
}

const actions = {
  "read project": `Deno.readTextFileSync("${project}deno.json")`,
  "read elsewhere": `Deno.readTextFileSync("/etc/passwd")`,
  "write project": `Deno.writeTextFileSync("${project}lab/forbidden", "")`,
  "write elsewhere": `Deno.writeTextFileSync("/tmp/forbidden-by-fencelab", "")`,
  "run": `new Deno.Command("true").outputSync()`,
  "net": `Deno.listen({ hostname: "127.0.0.1", port: 0 }).close()`,
  "env": `Deno.env.get("AWS_SECRET_ACCESS_KEY")`,
  "foreign library": `Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {})`,
};

const commandLines: [string[], string[]][] = [
  [["run"], ["read project"]],
  [["show", "latest"], ["read project"]],
  [["hosts"], ["read project"]],
  [["--help"], []],
];

for (const [args, granted] of commandLines) {
  Deno.test(`lab ${args.join(" ")} runs with what it needs and no more`, async () => {
    const flags = await permissionsFor(parseCommandLine(args));
    const output = await denoRun(flags, attempts(actions));
    for (const name of Object.keys(actions)) {
      assertStringIncludes(output, `${name} ${granted.includes(name) ? "granted" : "refused"}`);
    }
  });
}

Deno.test("a store and a plan that the command line names are granted, their neighbours are not", async () => {
  const args = ["run", "--out", "/tmp/store-a", "--plan", "/tmp/plan-a.json"];
  const flags = await permissionsFor(parseCommandLine(args));
  const output = await denoRun(
    flags,
    attempts({
      plan: `Deno.readTextFileSync("/tmp/plan-a.json")`,
      neighbour: `Deno.readTextFileSync("/tmp/plan-b.json")`,
      store: `Deno.writeTextFileSync("/tmp/store-a/x", "")`,
      "other store": `Deno.writeTextFileSync("/tmp/store-ab/x", "")`,
    }),
  );
  for (
    const line of ["plan granted", "neighbour refused", "store granted", "other store refused"]
  ) {
    assertStringIncludes(output, line);
  }
});

Deno.test("lab hosts prepare may use its cache and run what fetches kernels", async () => {
  const line = parseCommandLine(["hosts", "prepare", "qemu-arm64@6.1"]);
  const flags = await permissionsFor(line, await hostsFor(line, 1));
  const granted = (name: string): string =>
    flags.find((one) => one.startsWith(`--allow-${name}=`)) ?? "";
  for (const program of ["apt-get", "apt-cache", "dpkg-deb"]) {
    assertStringIncludes(granted("run"), program);
  }
  for (const name of ["read", "write"]) assertStringIncludes(granted(name), cacheDirectory()!);
});

Deno.test("a line that cannot be understood gets no permission but to read its environment", async () => {
  const flags = await permissionsFor(null);
  assertEquals(flags.filter((flag) => !flag.startsWith("--allow-env=")), []);
});

Deno.test("no task is granted everything but the bench", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${project}deno.json`));
  const programs = Object.keys(tasks).filter((task) => tasks[task].startsWith("deno run "));
  assertEquals(programs.filter((task) => task !== "bench").sort(), [
    ...["build", "lab", "setup", "test", "web"],
  ]);
  for (const task of programs) {
    const args = taskArguments(task);
    assertEquals(args.includes("--allow-all") || args.includes("-A"), task === "bench", task);
    assert(args.includes("--no-prompt"), task);
  }
});
