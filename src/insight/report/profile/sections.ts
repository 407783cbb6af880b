import type { ImportNode, ProfileResult, RouteProfile } from '../../types.ts';
import { barsChart } from '../charts/bars.ts';
import type { Tone } from '../charts/chart.ts';
import { type IcicleNode, icicleChart } from '../charts/icicle.ts';
import { circumstancesSection, notesSection } from '../circumstances.ts';
import { figure } from '../figure.ts';
import { type Html, html, type Part } from '../html.ts';
import { bytes, column, digits, duration, megabytes, share } from '../numbers.ts';
import type { Section } from '../page.ts';
import { table } from '../table.ts';

const STANDARD = '(standard library)';
const MOST_OWNERS = 15;

export function profileSections(result: ProfileResult): { summary: Html; sections: Section[] } {
  const owners = byOwner(result.imports);
  return {
    summary: summary(result, owners),
    sections: [
      loadSection(result, owners),
      routesSection(result.routes),
      circumstancesSection({ circumstances: result.circumstances }),
      notesSection(result.notes),
    ].filter((section) => section !== undefined),
  };
}

interface Owner {
  name: string;
  ms: number;
  modules: number;
}

/** Heaviest first. */
function byOwner(imports: readonly ImportNode[]): Owner[] {
  const owners = new Map<string, Owner>();
  const rest = [...imports];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    const owner = owners.get(node.owner) ?? { name: node.owner, ms: 0, modules: 0 };
    owner.ms += node.selfMs;
    owner.modules += 1;
    owners.set(node.owner, owner);
    rest.push(...node.children);
  }
  return [...owners.values()].sort((a, b) => b.ms - a.ms);
}

function summary({ load, routes }: ProfileResult, owners: Owner[]): Html {
  const heaviest = owners.find(({ name }) => name !== 'app' && name !== STANDARD);
  const total = owners.reduce((sum, { ms }) => sum + ms, 0);
  const peak = routes.filter(({ failed }) => failed === undefined).toSorted((a, b) => b.peakMb - a.peakMb)[0];
  return html`<div class="summary"><p class="verdict">A fresh instance takes ${duration(load.totalMs)} and ${megabytes(load.memoryMb)} until it can take a request.</p><p>${duration(Math.min(load.runtimeMs, load.totalMs))} of it is the runtime itself.${
    heaviest !== undefined &&
    total > 0 &&
    html` Of the packages, <code>${heaviest.name}</code> takes most: ${duration(heaviest.ms)}, ${share(heaviest.ms / total)} of all imports.`
  }${peak !== undefined && html` The route that needs most memory is <code>${peak.request}</code>: ${megabytes(peak.peakMb)}.`}</p></div>
`;
}

function loadSection({ imports, load }: ProfileResult, owners: Owner[]): Section | undefined {
  if (imports.length === 0) return undefined;
  const tones = new Map<string, Tone>([
    ['app', 2],
    [STANDARD, 0],
  ]);
  const free: Tone[] = [1, 4, 3, 5, 6];
  for (const { name } of owners) if (!tones.has(name) && free.length > 0) tones.set(name, free.shift() ?? 0);
  const toneOf = (owner: string): Tone => tones.get(owner) ?? 0;
  const known = owners
    .filter(({ name }) => tones.has(name) && name !== STANDARD)
    .map(({ name }) => ({ label: name === 'app' ? 'the app' : name, tone: toneOf(name) }));
  const total = owners.reduce((sum, { ms }) => sum + ms, 0);
  const ms = column(owners.map((owner) => owner.ms));
  return {
    id: 'imports',
    title: 'What the start is spent on',
    lead: 'Each box is a module, as wide as it and all that it imports take, with what it imports below it. Point at one for its figures.',
    body: [
      figure({
        title: 'Import tree',
        note: `${duration(total)} in imports, measured one by one, which takes longer than loading without looking (${duration(load.totalMs)}).`,
        chart: icicleChart({
          title: 'Import tree',
          root: { label: 'imports', self: 0, tone: 0, children: imports.map((node) => icicle(node, toneOf)) },
          legend: [...known, { label: 'standard library and others', tone: 0 }],
        }),
      }),
      table({
        caption: 'By package, without what it imports from others',
        columns: [
          { title: 'Package', kind: 'text' },
          { title: 'Modules', kind: 'number' },
          { title: 'Import time', unit: 'ms', kind: 'number' },
          { title: 'Share', kind: 'number' },
        ],
        rows: owners
          .slice(0, MOST_OWNERS)
          .map((owner, index) => [
            html`<span class="key tone${toneOf(owner.name)}"></span>${owner.name}`,
            String(owner.modules),
            ms[index],
            total > 0 ? share(owner.ms / total) : '–',
          ]),
      }),
    ],
  };
}

function icicle(
  { name, selfMs, totalMb, owner, children }: ImportNode,
  toneOf: (owner: string) => Tone,
): IcicleNode {
  return {
    label: name,
    self: selfMs,
    tone: toneOf(owner),
    detail: `${owner}${totalMb === undefined ? '' : `, ${megabytes(totalMb)}`}`,
    children: children.map((child) => icicle(child, toneOf)),
  };
}

function routesSection(routes: readonly RouteProfile[]): Section | undefined {
  if (routes.length === 0) return undefined;
  const measured = routes.filter(({ failed }) => failed === undefined);
  const cells = (pick: (route: RouteProfile) => number) =>
    column(routes.map((route) => (route.failed === undefined ? pick(route) : undefined)));
  const [first, warm, cpu] = [
    cells(({ firstMs }) => firstMs),
    cells(({ warmMs }) => warmMs),
    cells(({ cpuMs }) => cpuMs),
  ];
  const [loaded, peak] = [cells(({ loadedMb }) => loadedMb), cells(({ peakMb }) => peakMb)];
  const growth = cells(({ growthKbPerRequest }) => growthKbPerRequest);
  return {
    id: 'profile-routes',
    title: 'Each route in an instance of its own',
    lead: 'The first request pays for what is imported and set up late. Memory that grows with every request will reach the limit one day.',
    body: [
      figure({
        title: 'Memory by route',
        chart: barsChart({
          title: 'Memory by route',
          groups: [
            { label: 'after loading', tone: 1 },
            { label: 'at its highest', tone: 2 },
          ],
          categories: measured.map(({ request, loadedMb, peakMb }) => ({
            label: request,
            bars: [{ value: loadedMb }, { value: peakMb }],
          })),
          value: { title: 'resident memory, MB' },
          format: megabytes,
        }),
      }),
      table({
        caption: 'Time and memory of each route',
        columns: [
          { title: 'Route', kind: 'text' },
          { title: 'First', unit: 'ms', kind: 'number' },
          { title: 'Warm', unit: 'ms', kind: 'number' },
          { title: 'Processor', unit: 'ms', kind: 'number' },
          { title: 'Loaded', unit: 'MB', kind: 'number' },
          { title: 'Peak', unit: 'MB', kind: 'number' },
          { title: 'Growth', unit: 'KB per request', kind: 'number' },
          { title: 'Answer', kind: 'number' },
          { title: 'Imported late', kind: 'text' },
        ],
        rows: routes.map((route, index) => [
          route.request,
          first[index],
          warm[index],
          cpu[index],
          loaded[index],
          peak[index],
          growth[index],
          route.failed === undefined ? bytes(route.responseBytes) : '–',
          route.failed === undefined ? late(route) : html`<span class="bad">${route.failed}</span>`,
        ]),
      }),
    ],
  };
}

function late({ lateImports }: RouteProfile): Part {
  const some = lateImports.toSorted((a, b) => b.ms - a.ms).slice(0, 3);
  if (some.length === 0) return '';
  const more = lateImports.length - some.length;
  return `${some.map(({ name, ms }) => `${name} ${digits(ms)} ms`).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
