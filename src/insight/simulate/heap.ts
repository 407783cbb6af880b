/** Moments with what happens at them, the earliest first; equal ones in the same order on every run. */
export class Heap {
  #times = new Float64Array(256);
  #events = new Int32Array(256);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Infinity when it is empty. */
  get next(): number {
    return this.#size === 0 ? Infinity : this.#times[0]!;
  }

  push(time: number, event: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const [times, events] = [this.#times, this.#events];
    let place = this.#size;
    this.#size += 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (times[parent]! <= time) break;
      times[place] = times[parent]!;
      events[place] = events[parent]!;
      place = parent;
    }
    times[place] = time;
    events[place] = event;
  }

  /** The event of the earliest moment; there must be one. */
  pop(): number {
    const [times, events] = [this.#times, this.#events];
    const first = events[0]!;
    this.#size -= 1;
    const size = this.#size;
    const time = times[size]!;
    const event = events[size]!;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && times[child + 1]! < times[child]!) child += 1;
      if (times[child]! >= time) break;
      times[place] = times[child]!;
      events[place] = events[child]!;
      place = child;
    }
    times[place] = time;
    events[place] = event;
    return first;
  }

  #grow(): void {
    const [times, events] = [
      new Float64Array(2 * this.#times.length),
      new Int32Array(2 * this.#events.length),
    ];
    times.set(this.#times);
    events.set(this.#events);
    [this.#times, this.#events] = [times, events];
  }
}
