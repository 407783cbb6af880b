import { RopewayError } from '../../lib/errors.ts';

const SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** `500ms`, `90s`, `10m`, `2h`, `1d`, or a bare number of seconds; undefined when it is none. */
export function parseSeconds(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|min|h|d)?$/.exec(text.trim());
  if (found === null) return undefined;
  const seconds = Number(found[1]) * SECONDS[found[2] ?? 's']!;
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** `20/s`, `600/min`, `5000/h`, `100000/d`, as requests per second; undefined when it is none. */
export function parseRate(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)\/(s|m|min|h|d)$/.exec(text.trim());
  if (found === null) return undefined;
  return Number(found[1]) / SECONDS[found[2]!]!;
}

/** `1.5 h`, `40 s`, `250 ms` */
export function showSeconds(seconds: number): string {
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const unit = units.find(([, size]) => seconds >= size);
  if (unit === undefined) return seconds === 0 ? '0 s' : `${Number((seconds * 1000).toPrecision(3))} ms`;
  return `${Number((seconds / unit[1]).toPrecision(3))} ${unit[0]}`;
}

export function badTraffic(got: string, why: string): RopewayError {
  return new RopewayError({
    code: 'BAD_TRAFFIC',
    message: `The traffic is not as it has to be: ${why}.`,
    expected:
      'poisson:20/s, steady:20/s, wave:20/s (mean; x4: peak to mean), burst:301 or burst:301/10s, onoff:20/s,30s,300s; several with +',
    got,
    fix: 'see docs/simulate.md, "Traffic"',
  });
}
