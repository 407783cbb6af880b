import { costByOwner } from '../../../insight/imports/tree.ts';
import { shownTree } from '../../../insight/profile/shown-tree.ts';
import type { ImportNode, ProfileResult, RouteProfile } from '../../../insight/types.ts';
import { colors } from '../../colors.ts';
import { terminalText } from '../../terminal-text.ts';

/** Columns of the terminal that names may take. */
const NAME_WIDTH = 46;
const ROUTE_WIDTH = 32;
const SHOWN_PACKAGES = 10;
const SHOWN_LATE = 5;

/** A profile for people. `lines`: of the import tree. */
export function profileAsText(result: ProfileResult, lines: number): string {
  const parts = [
    head(result),
    ...(result.imports.length === 0 ? [] : [packages(result), tree(result.imports, lines)]),
    routes(result.routes),
    ...(late(result.routes) ?? []),
    ...(result.notes.length === 0
      ? []
      : [result.notes.map((note) => `${colors.yellow('!')} ${note}`).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function head({ app, load, circumstances }: ProfileResult): string {
  const { cpu, cores, noise, node, python } = circumstances;
  const runtime =
    app.runtime === 'python' ? `Python ${python ?? ''}` : app.runtime === 'node' ? `Node ${node}` : '';
  const memory = load.memoryMb === 0 ? '' : `, with ${megabytes(load.memoryMb)} MB`;
  const spread = noise.median === 0 ? 0 : Math.round((noise.p95 / noise.median - 1) * 100);
  return [
    colors.bold([app.name, app.framework, runtime].filter(Boolean).join(', ')),
    `A fresh instance is ready after ${milliseconds(load.totalMs)} ms${memory}: ${milliseconds(load.runtimeMs)} ms until its runtime runs, ${milliseconds(load.totalMs - load.runtimeMs)} ms for the app.`,
    colors.dim(
      `${cpu || 'processor unknown'}, ${cores} cores; the same piece of work took up to ${spread} % longer at times (p95)`,
    ),
  ].join('\n');
}

function packages({ imports }: ProfileResult): string {
  const costs = costByOwner(imports);
  const rest = costs.slice(SHOWN_PACKAGES);
  const rows = costs
    .slice(0, SHOWN_PACKAGES)
    .map(({ owner, modules, ms, withOthersMs, withOthersMb }) => [
      owner,
      String(modules),
      milliseconds(ms),
      milliseconds(withOthersMs),
      withOthersMb === undefined ? '-' : megabytes(withOthersMb),
    ]);
  if (rest.length > 0) {
    const sum = (of: (cost: (typeof rest)[number]) => number): number =>
      rest.reduce((total, one) => total + of(one), 0);
    rows.push([
      `${rest.length} more`,
      String(sum((one) => one.modules)),
      milliseconds(sum((one) => one.ms)),
      '',
      '',
    ]);
  }
  return table(['loading, by package', 'modules', 'ms', 'ms with its imports', 'MB with its imports'], rows);
}

function tree(imports: ImportNode[], lines: number): string {
  const rows = shownTree(imports, lines).map(({ depth, node, rest }) => {
    const indent = '  '.repeat(depth);
    if (node === undefined) {
      const { count, ms } = rest!;
      return [`${indent}… ${count} more`, milliseconds(ms), '', '', ''];
    }
    return [
      indent + node.name,
      milliseconds(node.totalMs),
      milliseconds(node.selfMs),
      node.totalMb === undefined ? '-' : megabytes(node.totalMb),
      node.owner,
    ];
  });
  return table(['import tree', 'ms', 'own ms', 'MB', '  package'], rows, 1);
}

function routes(profiles: RouteProfile[]): string {
  const rows = profiles.map((route) => [
    route.request,
    milliseconds(route.firstMs),
    ...(route.warmMs === 0 ? ['-', '-'] : [milliseconds(route.warmMs), milliseconds(route.cpuMs)]),
    ...(route.peakMb === 0 ? ['-', '-'] : [megabytes(route.loadedMb), megabytes(route.peakMb)]),
    route.growthKbPerRequest >= 0.1 ? route.growthKbPerRequest.toFixed(1) : '0',
    bytes(route.responseBytes),
  ]);
  const failed = profiles.flatMap(({ request, failed: why }) =>
    why === undefined ? [] : [colors.red(`✗ ${terminalText(request, false)}: ${terminalText(why, false)}`)],
  );
  const titles = [
    'routes, each alone',
    'first ms',
    'warm ms',
    'CPU ms',
    'MB loaded',
    'MB peak',
    'KB/request',
    'answer',
  ];
  return [table(titles, rows, 0, ROUTE_WIDTH), ...failed].join('\n');
}

/** What a route's first request imports, where there is something. */
function late(profiles: RouteProfile[]): string[] | undefined {
  const lines = profiles
    .filter(({ lateImports }) => lateImports.length > 0)
    .map(({ request, lateImports }) => {
      const shown = lateImports.slice(0, SHOWN_LATE).map(({ name, ms }) => `${name} ${milliseconds(ms)} ms`);
      const more = lateImports.length > SHOWN_LATE ? `, ${lateImports.length - SHOWN_LATE} more` : '';
      return `  ${terminalText(request, false)}: ${shown.join(', ')}${more}`;
    });
  return lines.length === 0
    ? undefined
    : [[colors.dim('imported by the first request'), ...lines].join('\n')];
}

/** Columns of figures are set right; `left` of the last ones are text. */
function table(titles: string[], rows: string[][], left = 0, nameWidth = NAME_WIDTH): string {
  const cells = [titles, ...rows].map(([name = '', ...figures]) => [
    fit(terminalText(name, false), nameWidth),
    ...figures,
  ]);
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column]!;
        if (column === 0) return cell.padEnd(width);
        return column >= titles.length - left ? `  ${cell.trim()}` : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return [colors.dim(lines[0] ?? ''), ...lines.slice(1)].join('\n');
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

function milliseconds(ms: number): string {
  return ms < 9.95 ? ms.toFixed(ms < 0.995 ? 2 : 1) : String(Math.round(ms));
}

function megabytes(mb: number): string {
  return mb < 9.95 ? mb.toFixed(1) : String(Math.round(mb));
}

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  return count < 1024 * 1024 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 1024 / 1024).toFixed(1)} MB`;
}
