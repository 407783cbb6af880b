import { headerOf } from './headers.ts';
import type { HeaderList, Trace } from './types.ts';

/** Asks the local platform to tell how the function ran; other servers read over it. */
export function traceRequestHeaders(cold: boolean): HeaderList {
  return [['x-ropeway-trace', '1'], ...(cold ? ([['x-ropeway-cold', '1']] satisfies HeaderList) : [])];
}

const names = new Set(
  ['request-id', 'start', 'duration-ms', 'billed-ms', 'memory-mb', 'init-ms', 'error'].map(
    (name) => `x-ropeway-${name}`,
  ),
);

/**
 * Parts the platform's headers from the app's.
 * @returns an empty trace for answers that did not come from the platform
 */
export function splitTrace(headers: HeaderList): { trace: Trace; headers: HeaderList } {
  const requestId = headerOf(headers, 'x-ropeway-request-id');
  if (requestId === undefined) return { trace: {}, headers };
  const number = (name: string): number | undefined => toNumber(headerOf(headers, `x-ropeway-${name}`));
  const trace: Trace = {
    requestId,
    start: headerOf(headers, 'x-ropeway-start'),
    durationMs: number('duration-ms'),
    billedMs: number('billed-ms'),
    memoryMb: number('memory-mb'),
    initMs: number('init-ms'),
    error: headerOf(headers, 'x-ropeway-error'),
  };
  return { trace, headers: headers.filter(([name]) => !names.has(name.toLowerCase())) };
}

/** `cold start in 80 ms · ran 12 ms · billed 13 ms · 45 MB · request 1b4e…`; empty without a trace. */
export function describeTrace(trace: Trace): string {
  const parts: string[] = [];
  if (trace.start !== undefined) {
    parts.push(
      trace.start === 'cold' && trace.initMs !== undefined
        ? `cold (start took ${ms(trace.initMs)})`
        : trace.start,
    );
  }
  if (trace.durationMs !== undefined) parts.push(`ran ${ms(trace.durationMs)}`);
  if (trace.billedMs !== undefined) parts.push(`billed ${ms(trace.billedMs)}`);
  if (trace.memoryMb !== undefined) parts.push(`${Math.ceil(trace.memoryMb)} MB`);
  if (trace.error !== undefined) parts.push(trace.error);
  if (trace.requestId !== undefined) parts.push(`request ${trace.requestId}`);
  return parts.join(' · ');
}

/** `8.3 ms`, `123 ms`, `2.5 s`. */
export function ms(time: number): string {
  if (time >= 10_000) return `${(time / 1000).toFixed(1)} s`;
  return time >= 100 || Number.isInteger(time) ? `${Math.round(time)} ms` : `${time.toFixed(1)} ms`;
}

function toNumber(text: string | undefined): number | undefined {
  const number = Number(text);
  return text === undefined || text === '' || Number.isNaN(number) ? undefined : number;
}
