/**
 * An object without those of its members that are undefined.
 *
 * Types tell a member that is left out from one that is undefined; options are often handed on from
 * where they are the one to where they must be the other.
 */
export function defined<T extends object>(
  members: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
