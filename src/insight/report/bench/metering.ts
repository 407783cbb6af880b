import type { BenchResult, Metering } from '../../types.ts';
import { barsChart } from '../charts/bars.ts';
import { figure } from '../figure.ts';
import { bytes, column, count, megabytes } from '../numbers.ts';
import type { Section } from '../page.ts';
import { estimates, table } from '../table.ts';

/** What clouds bill: memory that is set times the time in the instance. */
export function meteringSection({ metering }: BenchResult): Section | undefined {
  if (metering.length === 0) return undefined;
  return {
    id: 'metering',
    title: 'Memory and metering',
    lead: 'Each route in an instance of its own. A function is sized for its heaviest route, and every call pays for that size.',
    body: [
      metering.some(({ peakMemoryMb }) => peakMemoryMb !== undefined) && peaks(metering),
      meters(metering),
    ],
  };
}

function peaks(metering: Metering[]) {
  return figure({
    title: 'Peak memory by route',
    chart: barsChart({
      title: 'Peak memory by route',
      groups: [{ label: 'peak', tone: 2 }],
      categories: metering.map(({ request, peakMemoryMb }) => ({
        label: request,
        bars: [peakMemoryMb === undefined ? undefined : { value: peakMemoryMb }],
      })),
      value: { title: 'resident memory, MB' },
      format: megabytes,
    }),
  });
}

function meters(metering: Metering[]) {
  const duration = estimates(metering.map(({ durationMs }) => durationMs));
  const peak = column(metering.map(({ peakMemoryMb }) => peakMemoryMb));
  const million = column(metering.map(({ gbSeconds }) => gbSeconds * 1e6));
  return table({
    caption: 'What a warm call takes',
    columns: [
      { title: 'Route', kind: 'text' },
      { title: 'Calls', kind: 'number' },
      { title: 'In the instance', unit: 'ms', kind: 'number' },
      { title: 'Peak memory', unit: 'MB', kind: 'number' },
      { title: 'Memory set', unit: 'MB', kind: 'number' },
      { title: 'A million calls', unit: 'GB-s', kind: 'number' },
      { title: 'Answer', kind: 'number' },
    ],
    rows: metering.map((one, index) => [
      one.request,
      count(one.calls),
      duration[index],
      peak[index],
      count(one.memoryLimitMb),
      million[index],
      bytes(one.responseBytes),
    ]),
  });
}
