import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CostResult, SimulationResult } from '../../src/insight/types.ts';
import { appFolder, ropeway } from '../support/command.ts';
import { recordFolder, testRecord, timeAt } from '../support/records.ts';

let folder: Awaited<ReturnType<typeof recordFolder>>;
let records: string;
const files = appFolder({
  'access.log': Array.from(
    { length: 120 },
    (_, index) =>
      `1.2.3.4 - - [10/Oct/2026:13:${String(Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')} +0000] "GET /${index % 4 === 0 ? 'heavy' : ''} HTTP/1.1" 200 10\n`,
  ).join(''),
});

beforeAll(async () => {
  const all = Array.from({ length: 50 }, (_, index) => {
    const isHeavy = index % 5 === 0;
    const isCold = index < 4;
    return testRecord({
      time: timeAt(index),
      path: isHeavy ? '/heavy' : '/',
      durationMs: isHeavy ? 200 : 20,
      queueMs: isCold ? 420 : 0,
      totalMs: (isHeavy ? 201 : 21) + (isCold ? 420 : 0),
      start: isCold ? 'cold' : 'warm',
      ...(isCold ? { initMs: 400 } : {}),
      memoryMb: isHeavy ? 300 : 60,
      memoryLimitMb: 512,
      responseBytes: 1000,
    });
  });
  folder = await recordFolder({ requests: all });
  records = folder.dir;
});
afterAll(() => {
  files.remove();
  folder.remove();
});

describe('ropeway cost', () => {
  it('prints a comparison for people, and the same for programs', async () => {
    const text = await ropeway(['cost', '--records', records, '--requests-per-day', '100000']);
    expect(text.stderr).toBe('');
    expect(text.code).toBe(0);
    for (const part of ['Tencent SCF', 'AWS Lambda, Arm', 'EC2 t4g.small', 'GET /heavy', 'becomes cheaper'])
      expect(text.stdout).toContain(part);
    const { code, stdout } = await ropeway([
      'cost',
      '--records',
      records,
      '--requests-per-day',
      '100000',
      '--json',
    ]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as CostResult;
    expect(result).toMatchObject({
      kind: 'cost',
      version: 1,
      traffic: { requestsPerDay: 100_000 },
      initMs: 400,
    });
    expect(result.routes.map(({ name, share }) => [name, share])).toEqual([
      ['GET /heavy', 0.2],
      ['GET /', 0.8],
    ]);
    expect(result.options.map(({ id }) => id)).toContain('lambda-x86+split');
  });

  it('takes traffic and its mix from a log, and writes a page', async () => {
    const report = join(files.dir, 'cost.html');
    const { code, stdout } = await ropeway([
      ...[
        'cost',
        '--records',
        records,
        '--trace',
        join(files.dir, 'access.log'),
        '--report',
        report,
        '--json',
      ],
    ]);
    expect(code).toBe(0);
    const { traffic, routes } = JSON.parse(stdout) as CostResult;
    expect(traffic.requestsPerDay).toBeGreaterThan(80_000);
    expect(traffic.requestsPerDay).toBeLessThan(92_000);
    expect(routes.find(({ name }) => name === 'GET /heavy')!.share).toBe(0.25);
    const page = readFileSync(report, 'utf8');
    expect(page).toContain('<svg');
    expect(page).not.toContain('<script');
  });

  it.each([
    [['cost'], 'NOTHING_MEASURED'],
    [['cost', '--records', '/nowhere'], 'NO_RECORDS'],
    [['cost', '--bench', '/nowhere'], 'BAD_BENCH'],
    [['cost', '--records', '{records}', '--bench', 'x'], 'TWO_MEASUREMENTS'],
    [['cost', '--records', '{records}', '--share', 'GET /heavyy=1'], 'BAD_SHARE'],
    [['cost', '--records', '{records}', '--currency', 'XYZ'], 'UNKNOWN_CURRENCY'],
    [['cost', '--records', '{records}', '--plan', 'gold'], 'UNKNOWN_PLAN'],
    [['cost', '--records', '{records}', '--region', 'aws=mars-1'], 'UNKNOWN_REGION'],
    [['simulate', '--records', '{records}'], 'NO_TRAFFIC'],
    [['simulate', '--records', '{records}', '--traffic', 'rain:3'], 'BAD_TRAFFIC'],
    [['simulate', '--records', '{records}', '--trace', '/nowhere'], 'BAD_TRACE'],
    [['simulate', '--records', '{records}', '--traffic', 'burst:3', '--duration', 'long'], 'BAD_DURATION'],
  ])('%j is refused with %s', async (args, error) => {
    const { code, stdout } = await ropeway([
      ...args.map((arg) => arg.replace('{records}', records)),
      '--json',
    ]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: error });
  });
});

describe('ropeway simulate', () => {
  it('compares policies on the same traffic, the same way each time', async () => {
    const args = [
      ...['simulate', '--records', records, '--traffic', 'poisson:5/s', '--duration', '5m'],
      ...['--keep-alive', '5,600', '--provisioned', '0,2', '--policy', 'cloud', '--server', '1', '--json'],
    ];
    const [one, other] = await Promise.all([ropeway(args), ropeway(args)]);
    expect(one.code).toBe(0);
    const { took: _, ...result } = JSON.parse(one.stdout) as SimulationResult;
    const { took: __, ...again } = JSON.parse(other.stdout) as SimulationResult;
    expect(result).toEqual(again);
    expect(result.policies.map(({ name }) => name)).toEqual([
      'keep alive 5 s, 0 kept ready',
      'keep alive 5 s, 2 kept ready',
      'keep alive 600 s, 0 kept ready',
      'keep alive 600 s, 2 kept ready',
      'server, 1 worker',
    ]);
    const cold = result.policies.map((policy) => policy.cold);
    expect(cold[0]).toBeGreaterThan(cold[2]!);
    expect(cold[2]).toBeGreaterThan(cold[3]!);
    for (const { served, throttled, timedOut, requests } of result.policies)
      expect(served + throttled + timedOut).toBe(requests);
  });

  it('takes a trace, and prints tables for people and a page', async () => {
    const csv = join(files.dir, 'trace.csv');
    writeFileSync(csv, 'time,route\n0,GET /\n0.5,GET /heavy\n1,/\n2,/other\n');
    const report = join(files.dir, 'simulation.html');
    const { code, stdout, stderr } = await ropeway([
      'simulate',
      '--records',
      records,
      '--trace',
      csv,
      '--report',
      report,
    ]);
    expect(code).toBe(0);
    expect(stderr).toBe(`Wrote ${report}.\n`);
    for (const part of [
      '4 requests',
      'p95',
      'GET /heavy',
      'Instances over time',
      'A month of this traffic',
      '1 requests (25 %)',
    ])
      expect(stdout).toContain(part);
    expect(readFileSync(report, 'utf8')).toContain('Instances over time');
  });
});
