/** The command line of `deno task web`. */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "../../lab/cli/usage_error.ts";

/** What the server is told. */
export interface WebOptions {
  /** Directory of the store; undefined: `runs/` of the project. */
  readonly store: string | undefined;
  readonly hostname: string;
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  /** Port of the endpoint that the Perfetto UI looks for; 0 takes a free one, null turns it off. */
  readonly perfettoPort: number | null;
  /** The secret that clients need; undefined: one is made where the server is not on loopback. */
  readonly token: string | undefined;
  /** Whether the address is printed as JSON. */
  readonly json: boolean;
  readonly help: boolean;
}

/** Where the Perfetto UI looks for a local trace processor (its src/trace_processor/http_rpc). */
const PERFETTO_PORT = 9001;
const PORT = 8420;
/** Shorter secrets could be guessed by trying. */
const SHORTEST_TOKEN = 16;

/** Help of the command. */
export const WEB_HELP = `Usage: deno task web [OPTIONS]

Serves the store of runs as pages: runs, comparisons, ladders, traces.

Options:
  --store DIR        the store of runs (default: runs/ of the project)
  --port N           TCP port, 0 for a free one (default: ${PORT})
  --hostname NAME    address to listen on (default: 127.0.0.1); any other needs a token
  --token SECRET     what clients must know, at least ${SHORTEST_TOKEN} characters
                     (default: none on loopback, else one is made and printed)
  --perfetto-port N  port of the endpoint that ui.perfetto.dev looks for, 0 for a free one
                     (default: ${PERFETTO_PORT}); "off" for none
  --json             print the address as JSON
  -h, --help         print this help

Examples:
  deno task web
  deno task web --store ~/lab/runs --port 9000
  deno task web --hostname 0.0.0.0 --json
`;

const STRINGS = ["store", "port", "hostname", "token", "perfetto-port"] as const;

/**
 * Parses the arguments.
 *
 * @throws {UsageError} For unknown options and values that cannot be used.
 */
export function parseWebOptions(args: readonly string[]): WebOptions {
  type Parsed = Record<string, unknown> & { _: (string | number)[] };
  const parsed = parseArgs([...args], {
    string: [...STRINGS],
    boolean: ["json", "help"],
    collect: [...STRINGS],
    alias: { help: "h" },
    unknown: (arg: string): boolean => {
      throw new UsageError(
        `Unknown argument '${arg}' of 'deno task web'. Remedy: see 'deno task web --help'`,
      );
    },
  }) as Parsed;
  const value = (name: typeof STRINGS[number]): string | undefined => {
    const all = (parsed[name] as string[] | undefined) ?? [];
    if (all.length > 1) throw new UsageError(`Option '--${name}' is given more than once`);
    if (all[0] === "") throw new UsageError(`Option '--${name}' lacks its value`);
    return all[0];
  };
  const token = value("token");
  if (token !== undefined && token.length < SHORTEST_TOKEN) {
    throw new UsageError(
      `Option '--token' has ${token.length} characters. ` +
        `Remedy: give at least ${SHORTEST_TOKEN}, or none to have one made`,
    );
  }
  const perfetto = value("perfetto-port");
  return {
    store: value("store"),
    hostname: value("hostname") ?? "127.0.0.1",
    port: portOf("port", value("port"), PORT),
    perfettoPort: perfetto === "off" ? null : portOf("perfetto-port", perfetto, PERFETTO_PORT),
    token,
    json: parsed["json"] === true,
    help: parsed["help"] === true,
  };
}

function portOf(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new UsageError(
      `Option '--${option}' is '${text}'. Remedy: give a port from 0 to 65535`,
    );
  }
  return port;
}

/** Whether an address can be reached from this machine alone. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
