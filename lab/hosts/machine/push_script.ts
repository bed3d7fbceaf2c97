/** What the shell of another machine is told, so that the agent gets there. */

/** A word for a POSIX shell that means nothing but itself. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The script that a machine's `sh` reads from its standard input.
 *
 * It is one compound command: shells such as dash read their input in blocks, so everything must
 * have been read before the first command asks for an answer. Only what POSIX has is used, and
 * `head -c`, which GNU and busybox have.
 *
 * Its side of the conversation: `fencelab-push/1 ARCH` (followed by `unverified` where no program
 * computes SHA-256), then, being told `SHA256 SIZE`, either `have`, or `need` and after SIZE bytes
 * `ok`. Anything else is the reason why it gives up; it then takes what is still on its way, so that
 * the reason can be read. After `have` or `ok` it becomes the agent.
 *
 * An agent is kept in `agentDir`, else in the user's cache. A folder is passed over when it belongs
 * to somebody else, others may write to it, or programs cannot be executed there; when none is left,
 * a temporary one is made, which the agent removes.
 *
 * @param agentDir Folder that keeps agents.
 */
export function pushScript(agentDir: string | null): Uint8Array {
  return new TextEncoder().encode(`{
mask=$(umask); umask 077
dir=; own=; new=; tool=
fail() {
  [ -z "$new" ] || rm -f "$new"
  [ -z "$own" ] || rmdir "$dir"
  printf '%s\\n' "$*"
  cat >/dev/null; exit 1
}
for t in sha256sum shasum openssl; do command -v $t >/dev/null 2>&1 && tool=$t && break; done
digest() {
  case $tool in
  sha256sum) sha256sum ;;
  shasum) shasum -a 256 ;;
  openssl) openssl dgst -sha256 -r ;;
  esac <"$1" 2>/dev/null | cut -c 1-64
}
right() { [ -z "$tool" ] || [ "$(digest "$1")" = "$want" ]; }
runs() { why=$("$1" --version </dev/null 2>&1); }
usable() {
  mkdir -p "$1" 2>/dev/null
  [ -d "$1" ] && [ -O "$1" ] && [ -w "$1" ] || return 1
  case $(ls -ld "$1") in ?????w*|????????w*) return 1 ;; esac
  try=$1/try-$$
  { printf '#!/bin/sh\\n' >"$try" && chmod 700 "$try" && "$try" </dev/null; } >/dev/null 2>&1
  r=$?; rm -f "$try"; return $r
}
cache=\${XDG_CACHE_HOME:-\${HOME:+$HOME/.cache}}
for d in ${quoted(agentDir ?? "")} "\${cache:+$cache/fencelab}"; do
  case $d in /*) usable "$d" && dir=$d && break ;; esac
done
[ -n "$dir" ] || for d in "\${TMPDIR:-/tmp}" /tmp /var/tmp /dev/shm; do
  dir=$(mktemp -d "$d/fencelab.XXXXXX" 2>/dev/null) || dir=
  [ -n "$dir" ] || continue
  usable "$dir" && own=--remove-self && break
  rmdir "$dir"; dir=
done
unverified=; [ -n "$tool" ] || unverified=' unverified'
printf '\\nfencelab-push/%s %s%s\\n' 1 "$(uname -m)" "$unverified"
read -r want size || fail 'no digest came'
case $want in *[!0-9a-f]*|'') fail 'the digest is no digest' ;; esac
[ -n "$dir" ] || fail 'no folder there can hold a program: set agentDir in the hosts file'
file=$dir/agent-$want
if [ -n "$tool" ] && [ -f "$file" ] && [ ! -L "$file" ] && right "$file" && runs "$file"; then
  touch "$file"; answer=have
else
  echo need
  new=$dir/new-$(uname -n)-$$
  why=$(head -c "$size" 2>&1 >"$new") || fail "the agent cannot be written: $why"
  [ "$(($(wc -c <"$new")))" = "$size" ] || fail "only a part of the agent arrived"
  right "$new" || fail 'the agent arrived damaged: its digest is wrong'
  chmod 700 "$new"
  runs "$new" || fail "the agent cannot be executed: $why"
  mv -f "$new" "$file" || fail "the agent cannot be renamed"
  new=; answer=ok
fi
if [ -z "$own" ]; then
  ls -t "$dir" | grep '^agent-[0-9a-f]*$' | tail -n +4 | while read -r d; do rm -f "$dir/$d"; done
  find "$dir" -name 'new-*' -mtime +0 -exec rm -f {} + 2>/dev/null
fi
umask "$mask"
echo $answer
exec "$file" $own
}
`);
}
