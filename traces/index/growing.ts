/** Columns that grow: typed arrays, since objects would take ten times the memory. */

const FIRST_CAPACITY = 256;

/** A column of times, ns. */
export class GrowingTimes {
  #values = new Float64Array(FIRST_CAPACITY);
  length = 0;

  /** Adds one at the end. */
  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = new Float64Array(this.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.length++] = value;
  }

  /** An entry that there is. */
  at(place: number): number {
    return this.#values[place]!;
  }

  /** Sets an entry that there is. */
  put(at: number, value: number): void {
    this.#values[at] = value;
  }

  /** What was pushed; valid until the next push. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

/** A column of whole numbers below 2^32. */
export class GrowingNumbers {
  #values = new Uint32Array(FIRST_CAPACITY);
  length = 0;

  /** Adds one at the end. */
  push(value: number): void {
    if (this.length === this.#values.length) this.#grow(this.length + 1);
    this.#values[this.length++] = value;
  }

  /** Sets one entry; those before it that were never set are 0. */
  put(at: number, value: number): void {
    if (at >= this.#values.length) this.#grow(at + 1);
    this.#values[at] = value;
    if (at >= this.length) this.length = at + 1;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#values.fill(0, 0, this.length);
    this.length = 0;
  }

  /** What was pushed; valid until the next push. */
  get values(): Uint32Array {
    return this.#values.subarray(0, this.length);
  }

  #grow(needed: number): void {
    const grown = new Uint32Array(Math.max(this.#values.length * 2, needed));
    grown.set(this.#values);
    this.#values = grown;
  }
}
