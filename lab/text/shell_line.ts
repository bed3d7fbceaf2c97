/** Words as a line for a POSIX shell; quotes only what needs it. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) =>
    /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  )
    .join(" ");
}
