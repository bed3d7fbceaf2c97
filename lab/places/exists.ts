/** Whether something lies at a path; links are followed. What else goes wrong is thrown. */
export async function exists(path: string | URL): Promise<boolean> {
  return await Deno.stat(path).then(() => true, ifMissing);
}

/** As {@linkcode exists}, at once. */
export function existsSync(path: string | URL): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return ifMissing(error);
  }
}

function ifMissing(error: unknown): false {
  if (error instanceof Deno.errors.NotFound) return false;
  throw error;
}
