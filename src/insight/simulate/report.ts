import { linesChart } from '../report/charts/lines.ts';
import { figure } from '../report/figure.ts';
import { html, type Html } from '../report/html.ts';
import { count, digits, duration, share } from '../report/numbers.ts';
import { page } from '../report/page.ts';
import { table } from '../report/table.ts';
import type { SimulatedPolicy, SimulationResult } from '../types.ts';

/** What came of each policy as a page that is one file. */
export function simulationReport(result: SimulationResult): string {
  const { app, traffic, policies, measured } = result;
  return page({
    title: `What traffic would meet: ${app}`,
    subtitle: `${count(traffic.requests)} requests in ${duration(traffic.seconds * 1000)} (${traffic.from}), measured by ${measured}`,
    sections: [
      { id: 'policies', title: 'Policies', body: policyTable(policies) },
      ...policies.map((policy, index) => ({
        id: `policy-${index + 1}`,
        title: policy.name,
        body: [instancesChart(policy), routeTable(policy)],
      })),
      {
        id: 'notes',
        title: 'Notes',
        body: html`<ul>
          ${result.notes.map((note) => html`<li>${note}</li>`)}
          <li>The same traffic, with the same luck (seed ${result.seed}), met each policy.</li>
        </ul>`,
      },
    ],
  });
}

function policyTable(policies: SimulatedPolicy[]): Html {
  const offers = policies[0]?.cost ?? [];
  return table({
    columns: [
      { title: 'policy', kind: 'text' },
      ...['p50', 'p95', 'p99', 'cold', 'failed', 'instances, peak', 'mean', 'busy'].map((title) => ({
        title,
        kind: 'number' as const,
      })),
      ...offers.map(({ offer, currency }) => ({
        title: offer,
        unit: `${currency} a month`,
        kind: 'number' as const,
      })),
    ],
    rows: policies.map((policy) => [
      policy.name,
      duration(policy.latencyMs.p50),
      duration(policy.latencyMs.p95),
      duration(policy.latencyMs.p99),
      share(policy.cold / Math.max(1, policy.served)),
      share((policy.throttled + policy.timedOut) / Math.max(1, policy.requests)),
      count(policy.instances.peak),
      digits(policy.instances.mean),
      share(policy.utilisation),
      ...offers.map(
        ({ offer }) => policy.cost?.find((one) => one.offer === offer)?.perMonth.toFixed(2) ?? '–',
      ),
    ]),
  });
}

/** Instances over time, for this page and others. */
export function instancesChart({ name, instances }: SimulatedPolicy): Html {
  const { series } = instances;
  const line = (pick: (step: (typeof series)[number]) => number): { x: number; y: number }[] =>
    series.map((step) => ({ x: step.at, y: pick(step) }));
  const waits = series.some(({ waiting }) => waiting > 0);
  return figure({
    title: 'Instances over time',
    chart: linesChart({
      title: `Instances over time, ${name}`,
      series: [
        { label: 'there', tone: 2, points: line((step) => step.instances) },
        { label: 'busy', tone: 1, points: line((step) => step.busy) },
        ...(waits
          ? [
              {
                label: 'requests waiting',
                tone: 3 as const,
                dashed: true,
                points: line((step) => step.waiting),
              },
            ]
          : []),
      ],
      curve: 'step',
      x: { title: 'time, s', scale: 'linear' },
      y: { title: 'number', scale: 'linear' },
      height: 220,
    }),
  });
}

function routeTable({ routes }: SimulatedPolicy): Html {
  return table({
    columns: [
      { title: 'route', kind: 'text' },
      ...['served', 'cold', 'p50', 'p95', 'p99'].map((title) => ({ title, kind: 'number' as const })),
    ],
    rows: routes
      .filter(({ served }) => served > 0)
      .map((route) => [
        route.name,
        count(route.served),
        share(route.cold / route.served),
        duration(route.p50),
        duration(route.p95),
        duration(route.p99),
      ]),
  });
}
