import { Heap } from './heap.ts';

/** Cores that jobs share evenly (processor sharing), none getting more than one core. */
export interface Processors {
  /** The moment (ms) at which the next job is done, if nothing comes before. */
  readonly next: number;
  begin(now: number, demandMs: number, job: number): void;
  /** Takes the job that is done at `next`. */
  end(now: number): number;
}

/**
 * All jobs go on at the same speed, so that they end in the order of what they needed beyond what was there when they began: one
 * clock of work done, and a heap by its readings.
 */
export function createProcessors(cores: number): Processors {
  const jobs = new Heap();
  let work = 0;
  let at = 0;
  const speed = (): number => (jobs.size <= cores ? 1 : cores / jobs.size);
  const advance = (now: number): void => {
    if (jobs.size > 0) work += (now - at) * speed();
    at = now;
  };
  return {
    get next() {
      return jobs.size === 0 ? Infinity : at + Math.max(0, jobs.next - work) / speed();
    },
    begin: (now, demandMs, job) => {
      advance(now);
      jobs.push(work + demandMs, job);
    },
    end: (now) => {
      advance(now);
      return jobs.pop();
    },
  };
}
