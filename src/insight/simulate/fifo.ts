/** Whole numbers, first in, first out. */
export class Fifo {
  #ring = new Int32Array(64);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The first; there must be one. */
  get first(): number {
    return this.#ring[this.#head]!;
  }

  push(value: number): void {
    if (this.#size === this.#ring.length) {
      const larger = new Int32Array(2 * this.#size);
      for (let place = 0; place < this.#size; place += 1) larger[place] = this.#at(place);
      [this.#ring, this.#head] = [larger, 0];
    }
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = value;
    this.#size += 1;
  }

  shift(): number {
    const value = this.first;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size -= 1;
    return value;
  }

  #at(place: number): number {
    return this.#ring[(this.#head + place) & (this.#ring.length - 1)]!;
  }
}
