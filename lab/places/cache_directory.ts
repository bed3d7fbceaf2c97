/**
 * Where the lab keeps what it has fetched: `$XDG_CACHE_HOME/fencelab`, else `~/.cache/fencelab`.
 *
 * @returns `null` if the environment names no home.
 */
export function cacheDirectory(): string | null {
  const home = Deno.env.get("HOME");
  const cache = Deno.env.get("XDG_CACHE_HOME") || (home && `${home}/.cache`);
  return cache ? `${cache}/fencelab` : null;
}
