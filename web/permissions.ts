/** With which permissions the server runs. */

import { projectDirectory } from "../lab/cli/paths.ts";
import { socketIn } from "./engine/socket_directory.ts";
import type { WebOptions } from "./options.ts";

/** Environment variables that the server looks at. */
const VARIABLES = ["FENCELAB_BUNDLES", "FENCELAB_SOCKETS", "INIT_CWD"];

/**
 * Arguments of Deno up to the server's own.
 *
 * @param store The store's directory.
 * @param bundles Where the islands lie.
 * @param sockets The directory of the socket that engines connect to.
 */
export function serverArguments(
  { hostname, port, perfettoPort }: WebOptions,
  store: string,
  bundles: string,
  sockets: string,
): string[] {
  const net = [address(hostname, port), `unix:${listed(socketIn(sockets))}`];
  if (perfettoPort !== null) net.push(address("127.0.0.1", perfettoPort));
  return [
    "run",
    "--no-prompt",
    // A request's signal tells that its client is gone, not that it has its answer
    "--unstable-no-legacy-abort",
    `--allow-net=${net.join(",")}`,
    `--allow-read=${[projectDirectory, bundles, store, sockets].map(listed).join(",")}`,
    `--allow-write=${[store, sockets].map(listed).join(",")}`,
    `--allow-env=${VARIABLES.join(",")}`,
    new URL("main.ts", import.meta.url).pathname,
  ];
}

/** A free port is not known before it is taken. */
function address(hostname: string, port: number): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return port === 0 ? host : `${host}:${port}`;
}

/** A comma in a path would end it; Deno takes two for one. */
function listed(path: string): string {
  return path.replaceAll(",", ",,");
}
