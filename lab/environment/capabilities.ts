/**
 * What the core found it may do on a host.
 *
 * @module
 */
import { z } from "zod";
import { outcomeSchema } from "../format/attempt_schema.ts";
import { parseReply } from "../format/reply.ts";

/** Whether one thing works, and if not, what refused it. */
const Ability = z.object({
  available: z.boolean(),
  errno: z.string().nullable(),
  reason: z.string().nullable(),
});

/** The form of the core's `probe` reply. */
export const CapabilitiesSchema = z.object({
  membarrier: z.object({
    state: z.enum([
      "native",
      "filtered-eperm",
      "filtered-enosys",
      "filtered-kill",
      "absent",
      "error",
    ]),
    /** What MEMBARRIER_CMD_QUERY answered; 0 if it did not answer. */
    mask: z.int().nonnegative(),
    errno: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  techniques: z.array(Ability.extend({ id: z.string(), outcome: outcomeSchema })),
  counting: Ability.extend({
    source: z.enum(["perf", "proc-interrupts"]).nullable(),
    events: z.array(z.string()),
  }),
  tracefs: Ability.extend({ path: z.string().nullable(), groups: z.array(z.string()) }),
  realtime: Ability,
  autogroup: Ability,
  mlock: Ability,
  seccompMode: z.union([z.literal(0), z.literal(1), z.literal(2)]).nullable(),
});

/** What the core found it may do on a host. */
export type Capabilities = z.infer<typeof CapabilitiesSchema>;

/**
 * Checks a `probe` reply of the core.
 *
 * @param json The reply: JSON text, or the value parsed from it.
 * @param where Which host answered, for messages.
 * @throws {ReplyFormatError} If the reply is not JSON or lacks an answer.
 */
export function parseCapabilities(json: unknown, where: string): Capabilities {
  return parseReply(CapabilitiesSchema, json, "capabilities", where);
}
