import { RopewayError } from '../../lib/errors.ts';
import { nearest } from '../../lib/nearest.ts';
import { readBench } from '../../insight/workload/from-bench.ts';
import { gatherRecords } from '../../insight/workload/from-records.ts';
import type { Workload } from '../../insight/workload/types.ts';
import { hasFailed } from '../../platform/record-files/entries.ts';
import { closeFiles, openFiles } from '../../platform/record-files/open-files.ts';
import { readEntries } from '../../platform/record-files/read-entries.ts';
import { findRecords } from '../records/folder.ts';
import { routeName } from '../commands/stats/route-name.ts';
import type { WorkloadOptions } from './options.ts';

/** What was measured, from where the options say. Fails with NOTHING_MEASURED, BAD_BENCH, NO_RECORDS. */
export async function loadWorkload(options: WorkloadOptions): Promise<Workload> {
  if (options.bench !== undefined && options.records !== undefined)
    throw new RopewayError({
      code: 'TWO_MEASUREMENTS',
      message: 'Figures can be from a bench or from records, not from both.',
      expected: '--bench or --records',
      fix: 'leave one of them out',
    });
  if (options.bench !== undefined) return readBench(options.bench);
  if (options.records !== undefined) return await workloadOfRecords(options);
  throw new RopewayError({
    code: 'NOTHING_MEASURED',
    message: 'There are no measured figures to reckon with.',
    expected: '--bench <file> or --records [folder]',
    fix: 'run `ropeway bench --json > bench.json` and give it with --bench, or use the app with `ropeway dev` and give --records',
  });
}

async function workloadOfRecords(options: WorkloadOptions): Promise<Workload> {
  const folder = findRecords(options.records === true ? undefined : options.records);
  const gathering = gatherRecords();
  let app: string | undefined;
  const files = await openFiles(folder, 'invocations');
  const since = options.since === undefined ? {} : { since: options.since };
  try {
    for await (const entries of readEntries(files, { name: 'invocations', ...since })) {
      for (const entry of entries) {
        if (entry.kind !== 'request') continue;
        const { record } = entry;
        if (options.function !== undefined && record.function !== options.function) continue;
        app ??= record.function;
        gathering.add({ ...record, route: routeName(record), failed: hasFailed(record) });
      }
    }
  } finally {
    await closeFiles(files);
  }
  const workload = gathering.workload({ app: app ?? '', measured: `the records in ${folder}` });
  if (workload !== undefined) return workload;
  throw new RopewayError({
    code: 'NO_RECORDS',
    message: 'No request was served of which there is a record.',
    got: `${folder}${options.function === undefined ? '' : `, function ${options.function}`}`,
    fix: 'send some requests first (`ropeway request`), or look further back with --since',
  });
}

/** Parts of the routes as they were given; what is left is spread over the others. Undefined: nothing was given. */
export function givenShares(workload: Workload, given: string[]): number[] | undefined {
  if (given.length === 0) return undefined;
  const names = workload.routes.map(({ name }) => name);
  const shares: (number | undefined)[] = names.map(() => undefined);
  for (const text of given) {
    const place = text.lastIndexOf('=');
    const index = names.indexOf(text.slice(0, place).trim());
    const part = partOf(text.slice(place + 1));
    if (place === -1 || index === -1 || part === undefined) throw badShare(text, names);
    shares[index] = part;
  }
  const said = shares.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  if (said > 1 + 1e-9) throw tooMuch(said);
  const others = workload.routes.reduce(
    (sum, { weight }, index) => sum + (shares[index] === undefined ? weight : 0),
    0,
  );
  if (others === 0) return shares.map((one) => (one ?? 0) / said);
  return shares.map((one, index) => one ?? ((1 - said) * workload.routes[index]!.weight) / others);
}

function partOf(text: string): number | undefined {
  const value = text.trim().endsWith('%') ? Number(text.trim().slice(0, -1)) / 100 : Number(text);
  return text.trim() !== '' && value >= 0 && value <= 1 ? value : undefined;
}

function badShare(text: string, names: string[]): RopewayError {
  const near = nearest(text.slice(0, Math.max(0, text.lastIndexOf('='))), names);
  return new RopewayError({
    code: 'BAD_SHARE',
    message: `--share ${text} says of no route how much of the traffic it is.`,
    expected: `one of ${names.map((name) => `"${name}"`).join(', ')}, then = and a share such as 60%`,
    fix: near === undefined ? 'write --share "GET /=60%"' : `did you mean "${near}"?`,
  });
}

function tooMuch(said: number): RopewayError {
  return new RopewayError({
    code: 'BAD_SHARE',
    message: 'The shares add up to more than everything.',
    expected: '100 % at most',
    got: `${Number((said * 100).toFixed(2))} %`,
    fix: 'give smaller ones',
  });
}
