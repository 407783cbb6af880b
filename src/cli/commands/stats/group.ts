import type { InvocationRecord } from '../../../platform/types.ts';
import { hasFailed } from '../../../platform/record-files/entries.ts';
import { Percentiles } from './percentiles.ts';

/** What is known of the requests of a group, in bounded memory. */
export class Group {
  errors = 0;
  cold = 0;
  maxMemoryMb: number | undefined;
  memoryLimitMb = 0;
  billedGbSeconds = 0;
  bytesOut = 0;
  readonly totalMs: Percentiles = new Percentiles();
  readonly initMs: Percentiles = new Percentiles();

  get count(): number {
    return this.totalMs.count;
  }

  add(record: InvocationRecord): void {
    this.totalMs.add(record.totalMs);
    if (hasFailed(record)) this.errors += 1;
    if (record.start === 'cold') {
      this.cold += 1;
      if (record.initMs !== undefined) this.initMs.add(record.initMs);
    }
    this.#addMemory(record.memoryMb, record.memoryLimitMb);
    this.billedGbSeconds += ((record.billedMs / 1000) * record.memoryLimitMb) / 1024;
    this.bytesOut += record.responseBytes;
  }

  merge(other: Group): void {
    this.totalMs.merge(other.totalMs);
    this.initMs.merge(other.initMs);
    this.errors += other.errors;
    this.cold += other.cold;
    this.#addMemory(other.maxMemoryMb, other.memoryLimitMb);
    this.billedGbSeconds += other.billedGbSeconds;
    this.bytesOut += other.bytesOut;
  }

  #addMemory(used: number | undefined, limit: number): void {
    if (used !== undefined) this.maxMemoryMb = Math.max(this.maxMemoryMb ?? 0, used);
    this.memoryLimitMb = Math.max(this.memoryLimitMb, limit);
  }
}
