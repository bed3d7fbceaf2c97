/** With which permissions the server runs. */

import { permissionList, projectDirectory } from "../lab/cli/paths.ts";
import { socketIn } from "./engine/socket_directory.ts";
import type { WebOptions } from "./base/options.ts";

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
  const net = [address(hostname, port), `unix:${socketIn(sockets)}`];
  if (perfettoPort !== null) net.push(address("127.0.0.1", perfettoPort));
  return [
    "run",
    "--no-prompt",
    // A request's signal tells that its client is gone, not that it has its answer
    "--unstable-no-legacy-abort",
    `--allow-net=${permissionList(net)}`,
    `--allow-read=${permissionList([projectDirectory, bundles, store, sockets])}`,
    `--allow-write=${permissionList([store, sockets])}`,
    `--allow-env=${permissionList(VARIABLES)}`,
    new URL("main.ts", import.meta.url).pathname,
  ];
}

/** A free port is not known before it is taken. */
function address(hostname: string, port: number): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return port === 0 ? host : `${host}:${port}`;
}
