/** Says why the command of a host has ended, and what to do about it. */

/** How a command ended. */
export interface CommandEnd {
  /** `null` when it still runs and has only closed its output. */
  readonly status: { readonly code: number; readonly signal: string | null } | null;
  /** The last lines that it wrote to its standard error, safe to print. */
  readonly lines: readonly string[];
}

/** What programs say that reach other machines, and what helps. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    "its host key is another one than before: find out why, then correct ~/.ssh/known_hosts",
  ],
  [
    /Host key verification failed|No .* host key is known/,
    "run 'ssh' to that host once by hand, and check and accept its host key",
  ],
  [
    /Permission denied \(|Too many authentication failures/,
    "make your key known to that host (ssh-copy-id) or to your ssh-agent (ssh-add)",
  ],
  [
    /Could not resolve hostname|Name or service not known|no such host/,
    "correct the machine's name in the hosts file or in ~/.ssh/config",
  ],
  [
    /Connection (?:refused|timed out)|No route to host|Network is unreachable/,
    "look whether the machine is up and reachable from here",
  ],
  [
    /STEP \S+ ON \S+ CANCELLED AT|JOB \S+ ON \S+ CANCELLED AT/,
    "find out who ended the job ('scontrol show job', 'sacct'): somebody, or its time limit",
  ],
  [
    /srun: error/,
    "see 'sinfo' and 'squeue', and correct srun's options in the hosts file",
  ],
  [
    /^Error from server|error: unable to upgrade connection|container not found/m,
    "see 'kubectl get pods', and correct pod and container in the hosts file",
  ],
  [
    /command not found|executable file not found|: not found$/m,
    "install what is missing there, or correct the command in the hosts file",
  ],
];

/** "ended with exit status 255, saying 'Host key verification failed.'. Remedy: …" */
export function describeEnd({ status, lines }: CommandEnd): string {
  const said = lines.length === 0 ? "" : `, saying '${lines.join(" | ")}'`;
  const text = lines.join("\n");
  const remedy = KNOWN.find(([pattern]) => pattern.test(text))?.[1] ??
    "run its command by hand to see more; 'deno task lab run --dry-run' shows it";
  return `${howEnded(status)}${said}. Remedy: ${remedy}`;
}

function howEnded(status: CommandEnd["status"]): string {
  if (status === null) return "it closed its output";
  if (status.signal !== null) return `its command was killed by ${status.signal}`;
  return `its command ended with exit status ${status.code}`;
}
