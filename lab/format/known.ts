type DeclaredKeys<T> = {
  [Key in keyof T as string extends Key ? never : number extends Key ? never : Key]: Known<T[Key]>;
};

/**
 * The declared keys of a type that tolerates others, at every depth.
 *
 * Schemas of run.json keep keys that they do not know, so that other tools may add their own. Their
 * inferred types therefore accept any key, and a misspelt one would go unnoticed: code works with
 * `Known<…>` instead. A pure dictionary (`Record<string, …>`) stays one.
 */
export type Known<T> = T extends readonly (infer Item)[] ? Known<Item>[]
  : T extends object ? (keyof DeclaredKeys<T> extends never ? T : DeclaredKeys<T>)
  : T;
