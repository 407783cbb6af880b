import type { Policy } from './types.ts';

export interface PolicyChoices {
  scheduler: 'local' | 'cloud';
  instances: number;
  /** Each with each other. Seconds, or `auto`. */
  keepAlive: (number | 'auto')[];
  provisioned: number[];
  concurrency: number[];
  queueLength: number;
  /** Seconds. */
  queueTimeout: number;
  startsAtOnce: number;
  cheapStarts: boolean;
  cores: number;
  memoryMb: number;
}

/** What AWS Lambda starts for one function in ten seconds, at most. */
const STARTS_PER_10_S = 1000;
/** Connections that a server lets wait (gunicorn's backlog). */
const BACKLOG = 2048;

/** Every combination of what was chosen, named by what differs. */
export function functionPolicies(choices: PolicyChoices): Policy[] {
  const { keepAlive, provisioned, concurrency } = choices;
  const policies: Policy[] = [];
  for (const keep of keepAlive) {
    for (const ready of provisioned) {
      for (const share of concurrency) {
        policies.push({
          name: nameOf(choices, keep, ready, share),
          kind: 'function',
          scheduler: choices.scheduler,
          instances: Math.max(choices.instances, ready),
          minInstances: ready,
          concurrency: share,
          queueLength: choices.queueLength,
          queueTimeoutMs: choices.queueTimeout * 1000,
          keepAliveMs: keep === 'auto' ? 'auto' : keep * 1000,
          startsAtOnce: choices.startsAtOnce,
          cheapStarts: choices.cheapStarts,
          startsPer10s: STARTS_PER_10_S,
          cores: choices.cores,
          memoryMb: choices.memoryMb,
        });
      }
    }
  }
  return policies;
}

/** A server with workers that are always there, each serving one request (or so many threads) at once. */
export function serverPolicy(workers: number, threads: number, memoryMb: number): Policy {
  return {
    name: `server, ${workers} worker${workers === 1 ? '' : 's'}${threads > 1 ? ` of ${threads} threads` : ''}`,
    kind: 'server',
    scheduler: 'local',
    instances: workers,
    minInstances: workers,
    concurrency: threads,
    queueLength: BACKLOG,
    queueTimeoutMs: Infinity,
    keepAliveMs: Infinity,
    startsAtOnce: 0,
    cheapStarts: false,
    startsPer10s: 0,
    cores: Infinity,
    memoryMb,
  };
}

function nameOf(choices: PolicyChoices, keep: number | 'auto', ready: number, share: number): string {
  const parts = [
    choices.keepAlive.length > 1 ? `keep alive ${keep === 'auto' ? 'auto' : `${keep} s`}` : '',
    choices.provisioned.length > 1 ? `${ready} kept ready` : '',
    choices.concurrency.length > 1 ? `${share} at once` : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) return parts.join(', ');
  return choices.scheduler === 'local' ? 'functions, our platform' : 'functions, in a cloud';
}
