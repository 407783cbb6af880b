import type { BenchResult } from '../../types.ts';
import { bareSection } from './bare.ts';
import { burstsSection } from './bursts.ts';
import { coldSection } from './cold.ts';
import { meteringSection } from './metering.ts';
import { ratesSection } from './rates.ts';
import { routesSection } from './routes.ts';
import { summary } from './summary.ts';
import { circumstancesSection, notesSection } from '../circumstances.ts';
import type { Html, Part } from '../html.ts';
import { count, counted } from '../numbers.ts';
import type { Section } from '../page.ts';

/** The answer to “server or function?”, and what it was taken from. */
export function benchSections(result: BenchResult): { summary: Html; sections: Section[] } {
  return {
    summary: summary(result),
    sections: [
      routesSection(result),
      coldSection(result),
      burstsSection(result),
      bareSection(result),
      ratesSection(result),
      meteringSection(result),
      circumstancesSection({
        circumstances: result.circumstances,
        more: [...subjects(result), ...settings(result)],
      }),
      notesSection(result.notes),
    ].filter((section) => section !== undefined),
  };
}

function subjects(result: BenchResult): [Part, Part][] {
  return result.subjects.map(({ name, title, confinement }) => [name, `${title}; ${confinement}`]);
}

function settings({ settings }: BenchResult): [Part, Part][] {
  if (settings === undefined) return [];
  const { requests, coldStarts, burst, rounds, seed } = settings;
  return [
    [
      'Measured',
      `${counted(requests, 'request')} in sequence per route and subject, ${counted(coldStarts, 'cold start')} per route and way, ${counted(rounds, 'round')} of ${count(burst)} at once, seed ${seed}`,
    ],
  ];
}
