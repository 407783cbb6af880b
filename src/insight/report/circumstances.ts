import type { Circumstances } from '../types.ts';
import { type Html, html, type Part } from './html.ts';
import { count, digits, duration, megabytes } from './numbers.ts';
import type { Section } from './page.ts';

/** From here on a machine is told to be unsteady: the same work took half as long again at p95. */
const UNSTEADY = 1.5;

/** Where, when and with what it was measured; `more` are further lines. */
export function circumstancesSection({
  circumstances,
  more = [],
}: {
  circumstances: Circumstances;
  more?: [term: Part, text: Part][];
}): Section {
  const { cpu, cores, memoryMb, platform, node, python, ropeway } = circumstances;
  const lines: [Part, Part][] = [
    ...more,
    [
      'Machine',
      `${cpu}, ${count(cores)} ${cores === 1 ? 'core' : 'cores'}, ${megabytes(memoryMb)}, ${platform}`,
    ],
    ['Noise', noise(circumstances)],
    ['Versions', `Ropeway ${ropeway}, Node.js ${node}${python === undefined ? '' : `, Python ${python}`}`],
    ['Time', moment(circumstances.time)],
  ];
  return {
    id: 'circumstances',
    title: 'Circumstances',
    lead: 'The figures are of this machine and this moment. On other machines the times differ; which side is ahead mostly does not.',
    body: html`<dl>${lines.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`,
  };
}

export function notesSection(notes: readonly string[]): Section | undefined {
  if (notes.length === 0) return undefined;
  return {
    id: 'notes',
    title: 'To know',
    body: html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`,
  };
}

/** `1 December 2026, 05:35 UTC`; what is no time is left as it is. */
export function moment(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const day = date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}

export function appLine({ framework, runtime }: { framework?: string; runtime: string }): string {
  const language = { python: 'Python', node: 'Node.js' }[runtime];
  return [framework, language].filter((part) => part !== undefined).join(', ');
}

/** Whether the fixed piece of work took about the same time whenever it was done. */
export function isSteady({ noise: { median, p95, runs } }: Circumstances): boolean {
  return runs === 0 || median <= 0 || p95 / median < UNSTEADY;
}

function noise(circumstances: Circumstances): Html | string {
  const { median, p95, runs } = circumstances.noise;
  if (runs === 0) return 'not measured';
  const text = `the same work took ${duration(median)} at the median and ${duration(p95)} at p95, ${count(runs)} times`;
  if (isSteady(circumstances)) return text;
  return html`${text}. <strong class="bad">The machine was not steady</strong> (p95 is ${digits(p95 / median, 2)}× the median): small differences mean nothing; measure again when it has nothing else to do.`;
}
