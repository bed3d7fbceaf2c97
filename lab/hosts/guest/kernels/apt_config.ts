/** Files that set up a private state of apt: configuration and sources. */

import type { AptSource } from "./debian_sources.ts";

/**
 * Configuration that apt reads after the system's.
 *
 * The system's proxies, credentials and certificates stay; its sources, pins and hooks do not.
 *
 * @param directory The state's.
 * @param arch Architecture as dpkg names it.
 */
export function aptConfiguration(directory: string, arch: string): string {
  const settings: [string, string][] = [
    ["APT::Architecture", arch],
    // The newest version is wanted, whatever this machine prefers for itself
    ["APT::Default-Release", ""],
    ["Dir::Etc::preferences", "/dev/null"],
    ["Dir::Etc::preferencesparts", "/dev/null"],
    ["Dir::Etc::sourcelist", "/dev/null"],
    ["Dir::Etc::sourceparts", `${directory}/sources`],
    ["Dir::State", directory],
    ["Dir::State::lists", `${directory}/lists`],
    ["Dir::State::status", `${directory}/status`],
    ["Dir::Cache", `${directory}/cache`],
    // apt reads a suite's list in half a second; its own cache of it would take 40 MB
    ["Dir::Cache::pkgcache", ""],
    ["Dir::Cache::srcpkgcache", ""],
    ["Acquire::GzipIndexes", "true"],
    // By default apt drops to the user _apt for root, who may not look below $HOME
    ["APT::Sandbox::User", "root"],
    ["APT::Update::Error-Mode", "any"],
    ["APT::Get::List-Cleanup", "false"],
  ];
  return [
    // Hooks of the system would act upon the system
    ...["APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success"]
      .map((list) => `#clear ${list};`),
    "#clear APT::Architectures;",
    `APT::Architectures { "${arch}"; };`,
    ...settings.map(([key, value]) => `${key} "${value}";`),
    "",
  ].join("\n");
}

/**
 * A source in the deb822 format of sources.list(5).
 *
 * @param suite Debian's, such as `trixie`.
 */
export function sourceStanza(source: AptSource, suite: string, arch: string): string {
  const fields = {
    Types: "deb",
    URIs: source.uri,
    Suites: suite,
    Components: "main",
    Architectures: arch,
    Targets: "Packages", // no translations, contents and whatever else the machine may fetch
    ...source.options,
  };
  return Object.entries(fields).map(([key, value]) =>
    // A key that stands in the source itself begins on a line of its own
    value.includes("\n") ? `${key}:\n ${value}\n` : `${key}: ${value}\n`
  ).join("");
}
