import {
  INTERRUPT_GROUP,
  interruptTrackName,
  METADATA_NAME,
  OPERATION_TRACK,
} from "../perfetto/names.ts";
import type { TrackEventWriter } from "../perfetto/track_events.ts";

/** Ids of tracks: one range for each kind, the CPU or the thread within it. */
const METADATA_TRACK = 1;
const INTERRUPT_GROUP_TRACK = 2;
const CPU_TRACKS = 0x10000;
const THREAD_TRACKS = 0x100000000;

/** Declares the tracks of the lab's slices when they are first used. */
export class TraceTracks {
  readonly #events: TrackEventWriter;
  readonly #tgids: ReadonlyMap<number, number>;
  readonly #declared = new Set<number>();

  /**
   * @param tgids Process of each thread whose process is known.
   */
  constructor(events: TrackEventWriter, tgids: ReadonlyMap<number, number>) {
    this.#events = events;
    this.#tgids = tgids;
  }

  /** Track of the capture's metadata. */
  metadata(): number {
    return this.#once(METADATA_TRACK, { name: METADATA_NAME });
  }

  /** Track of a CPU's interrupt handlers. */
  interrupts(cpu: number): number {
    const parent = this.#once(INTERRUPT_GROUP_TRACK, { name: INTERRUPT_GROUP });
    return this.#once(CPU_TRACKS + cpu, { name: interruptTrackName(cpu), parent, rank: cpu });
  }

  /** Track of a thread's operations; `undefined` if its process is not known. */
  thread(tid: number): number | undefined {
    const tgid = this.#tgids.get(tid);
    if (tgid === undefined || tid === 0) return undefined;
    const thread = { tgid, tid };
    return this.#once(THREAD_TRACKS + tid, { name: OPERATION_TRACK, thread });
  }

  #once(
    uuid: number,
    track: Omit<Parameters<TrackEventWriter["declare"]>[0], "uuid">,
  ): number {
    if (!this.#declared.has(uuid)) {
      this.#declared.add(uuid);
      this.#events.declare({ uuid, ...track });
    }
    return uuid;
  }
}
