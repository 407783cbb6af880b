import { showSeconds } from '../../../insight/traffic/durations.ts';
import type { SimulatedPolicy, SimulationResult } from '../../../insight/types.ts';
import { colors } from '../../colors.ts';
import { terminalText } from '../../terminal-text.ts';
import { textChart } from '../../text-chart.ts';
import { textTable } from '../../text-table.ts';

const CHART = { width: 72, height: 9 };

/** The comparison of the policies for people. */
export function simulationText(result: SimulationResult): string {
  const { app, traffic, measured, policies, took, seed } = result;
  const [head, ...rows] = textTable([HEAD, ...policies.map(rowOf)]);
  const [first] = policies;
  const lines = [
    `${terminalText(app, false)}: ${traffic.requests.toLocaleString('en-US')} requests in ${showSeconds(traffic.seconds)} (${terminalText(traffic.from, false)}), measured by ${terminalText(measured, false)}`,
    '',
    colors.dim(head ?? ''),
    ...rows,
    '',
    ...(first === undefined ? [] : routeLines(first)),
    ...(first === undefined ? [] : instanceChart(first)),
    '',
    colors.bold('A month of this traffic'),
    ...costLines(policies),
    '',
    ...result.notes.map((note) => colors.dim(`- ${terminalText(note, false)}`)),
    colors.dim(
      `- Simulated in ${showSeconds(took.seconds)}, ${Math.round(took.perSecond).toLocaleString('en-US')} requests a second; luck ${seed} (--seed).`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const HEAD = ['policy', 'p50', 'p95', 'p99', 'max', 'cold', 'failed', 'instances', 'busy'];

function rowOf(policy: SimulatedPolicy): string[] {
  const { latencyMs, served, cold, throttled, timedOut, requests, instances, utilisation } = policy;
  return [
    policy.name,
    time(latencyMs.p50),
    time(latencyMs.p95),
    time(latencyMs.p99),
    time(latencyMs.max),
    policy.kind === 'server' ? '-' : percent(cold, served),
    percent(throttled + timedOut, requests),
    `${instances.peak} (${Number(instances.mean.toPrecision(2))})`,
    `${Math.round(utilisation * 100)}%`,
  ];
}

function routeLines({ routes, name }: SimulatedPolicy): string[] {
  const told = routes.filter(({ served }) => served > 0);
  if (told.length < 2) return [];
  const rows = told.map((route) => [
    terminalText(route.name, false),
    route.served.toLocaleString('en-US'),
    time(route.p50),
    time(route.p95),
    time(route.p99),
    percent(route.cold, route.served),
  ]);
  const [head, ...rest] = textTable([[`route (${name})`, 'served', 'p50', 'p95', 'p99', 'cold'], ...rows]);
  return [colors.dim(head ?? ''), ...rest, ''];
}

function instanceChart({ instances, name }: SimulatedPolicy): string[] {
  const { series } = instances;
  const last = series.at(-1)?.at ?? 1;
  return [
    colors.bold(`Instances over time, ${name}`) + colors.dim('  · there, # busy'),
    ...textChart({
      ...CHART,
      lines: [
        { mark: '·', values: series.map((step) => step.instances) },
        { mark: '#', values: series.map((step) => step.busy) },
      ],
      x: series.map(({ at }) => at),
      xText: (value) => (value === 0 ? '0' : showSeconds(Number(value.toPrecision(2)))),
      yText: (value) => (value < 10 && last > 0 ? value.toFixed(1) : String(Math.round(value))),
    }),
  ];
}

const SIGNS: Record<string, string> = { USD: '$', CNY: '¥' };

function costLines(policies: SimulatedPolicy[]): string[] {
  const functions = policies.filter(({ kind }) => kind === 'function');
  const offers = functions[0]?.cost?.map(({ offer }) => offer) ?? [];
  const price = (one: { currency: string; perMonth: number } | undefined): string =>
    one === undefined ? '-' : `${SIGNS[one.currency] ?? `${one.currency} `}${one.perMonth.toFixed(2)}`;
  const rows = functions.map(({ name, cost }) => [
    `  ${name}`,
    ...offers.map((offer) => price(cost?.find((one) => one.offer === offer))),
  ]);
  const servers = policies
    .filter(({ kind }) => kind === 'server')
    .map(
      ({ name, cost }) => `  ${name}: ${(cost ?? []).map((one) => `${one.offer} ${price(one)}`).join(', ')}`,
    );
  const [head, ...rest] = textTable([['', ...offers], ...rows]);
  return [colors.dim(head ?? ''), ...rest, ...servers];
}

function time(ms: number): string {
  if (ms < 999.5) return `${Number(ms.toPrecision(3))} ms`;
  return ms < 99_950 ? `${Number((ms / 1000).toPrecision(3))} s` : `${Math.round(ms / 1000)} s`;
}

function percent(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0%';
  return `${Number(((part / whole) * 100).toPrecision(2))}%`;
}
