import config from "../deno.json" with { type: "json" };

/** fencelab's version, from deno.json. */
export const version: string = config.version;
