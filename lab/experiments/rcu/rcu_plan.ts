/** The rcu part of a plan, and what the command line changes in it. */

import * as z from "zod";

import { flavourIds } from "./flavours.ts";

/** The schema of the rcu part of a plan. */
export const rcuPlan = z.strictObject({
  experiment: z.literal("rcu"),
  /** Flavours in the order in which they are run. */
  flavours: z.array(z.enum(flavourIds)).min(1),
  readers: z.int().min(1).max(1024),
  writers: z.int().min(1).max(1024),
  /** Time of each flavour. */
  seconds: z.number().positive().max(3600),
  /** Look for objects that were freed too early, instead of counting operations. */
  torture: z.boolean(),
});

/** The part of a plan that asks for rcu. */
export type RcuPlan = z.infer<typeof rcuPlan>;

/** What the command line changes. */
export interface RcuChanges {
  readonly readers?: number;
  readonly writers?: number;
  readonly seconds?: number;
  readonly torture?: boolean;
}

/** The threads of the commit's test, and all flavours; then the same for soundness. */
export const fullRcu: readonly RcuPlan[] = [
  {
    experiment: "rcu",
    flavours: [...flavourIds],
    readers: 6,
    writers: 2,
    seconds: 2,
    torture: false,
  },
  {
    experiment: "rcu",
    flavours: [...flavourIds],
    readers: 1,
    writers: 1,
    seconds: 1,
    torture: true,
  },
];

/** A plan's rcu part with the command line's changes. */
export function changeRcu(one: RcuPlan, changes: RcuChanges): RcuPlan {
  return {
    ...one,
    readers: changes.readers ?? one.readers,
    writers: changes.writers ?? one.writers,
    seconds: changes.seconds ?? one.seconds,
    torture: changes.torture ?? one.torture,
  };
}

/**
 * Which rcu parts are meant: where the command line says whether to torture, those that do, or do
 * not, anyway; if a plan has none of them, its first part, which then is changed.
 */
export function meantRcu(parts: readonly RcuPlan[], torture: boolean | undefined): RcuPlan[] {
  if (torture === undefined) return [...parts];
  const meant = parts.filter((one) => one.torture === torture);
  return meant.length > 0 ? meant : parts.slice(0, 1);
}
