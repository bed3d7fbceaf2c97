import { PageDecoder, type TimeBase } from "../ring_buffer/page_decoder.ts";
import type { PageLayout } from "../ring_buffer/header_page.ts";
import { type RawPage, readPageBatches } from "../ring_buffer/page_stream.ts";
import type { ByteStream } from "./capture_source.ts";

/** The pages of one CPU, one decoded page at a time. */
export class CpuPages {
  readonly cpu: number;
  readonly decoder: PageDecoder;
  /** The page that is decoded; `undefined` at the end. */
  page: RawPage | undefined = undefined;
  readonly #batches: AsyncIterator<Iterable<RawPage>>;
  #batch: Iterator<RawPage> | undefined = undefined;

  constructor(cpu: number, chunks: ByteStream, layout: PageLayout, base: TimeBase) {
    this.cpu = cpu;
    this.decoder = new PageDecoder(layout, base);
    this.#batches = readPageBatches(chunks, layout.pageBytes)[Symbol.asyncIterator]();
  }

  /** Begin of the page that is decoded, ns relative to the base; infinity at the end. */
  get time(): number {
    return this.page === undefined ? Infinity : this.decoder.pageTime;
  }

  /** Decodes the next page if it has arrived; otherwise {@linkcode CpuPages.more} gets it. */
  next(): boolean {
    const result = this.#batch?.next();
    if (result === undefined || result.done) return false;
    this.page = result.value;
    this.decoder.decode(result.value.view);
    return true;
  }

  /** Waits for the next page and decodes it; afterwards there is none at the end. */
  async more(): Promise<void> {
    while (true) {
      const { done, value } = await this.#batches.next();
      if (done) {
        this.page = undefined;
        return;
      }
      this.#batch = value[Symbol.iterator]();
      if (this.next()) return;
    }
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}
