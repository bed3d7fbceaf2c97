import type { PageDamage } from "../ring_buffer/page_decoder.ts";

/** Why a page was not taken: what the decoder met, or a time that cannot be. */
export type Damage =
  | PageDamage
  /** Begins before the CPU's earlier pages end. */
  | "disordered"
  /** Holds times behind the end of the capture. */
  | "beyond-end";

/** A page that is lost wholly or from some place on. */
export interface DamagedPage {
  readonly cpu: number;
  /** Counted from 0 in the CPU's pages. */
  readonly page: number;
  readonly damage: Damage;
  /** Bytes of events that were not decoded. */
  readonly bytes: number;
}

/** Damaged pages that are listed one by one; all are counted. */
const MAX_LISTED = 20;

/** What a conversion could not bring over. Nothing is left out that is not counted here. */
export class Losses {
  /** Events that the kernel says were overwritten or dropped before a page. */
  lostEvents = 0;
  /** Places where the kernel says that events were lost, but not how many. */
  unknownLosses = 0;
  damagedPages = 0;
  damagedBytes = 0;
  /** The first of them. */
  readonly damaged: DamagedPage[] = [];
  /** Events of numbers that no format file describes. */
  unknownEvents = 0;
  /** Events shorter than their format says. */
  shortEvents = 0;
  /** Events whose text or list lies outside of them: written without it. */
  malformedFields = 0;

  /** Counts a damaged page. */
  damage(page: DamagedPage): void {
    this.damagedPages++;
    this.damagedBytes += page.bytes;
    if (this.damaged.length < MAX_LISTED) this.damaged.push(page);
  }

  /** Whether everything was brought over. */
  get none(): boolean {
    const { lostEvents, unknownLosses, damagedPages, unknownEvents, shortEvents } = this;
    return lostEvents + unknownLosses + damagedPages + unknownEvents + shortEvents +
        this.malformedFields === 0;
  }
}
