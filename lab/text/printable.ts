// C0, DEL and C1 controls; line and paragraph separators; marks that reorder or hide text.
const UNSAFE =
  // deno-lint-ignore no-control-regex -- these are the characters to find
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Makes text from outside safe to print on one line of a terminal.
 *
 * A host name or a message of a run that was copied in may hold escape sequences; what could move the
 * cursor, change colours, or reorder text is shown as `\x1b` or `\u202e` instead.
 */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}
