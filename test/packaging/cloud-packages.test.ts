import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { awsV2 } from '../../src/events/aws-v2/index.ts';
import { tencentUrl } from '../../src/events/tencent-url/index.ts';
import type { EventFormat } from '../../src/events/types.ts';
import { type CloudPackage, cloudPackage } from '../support/cloud-packages.ts';
import {
  copyExample,
  type Example,
  type Examples,
  loadExamples,
  type SavedAnswer,
  type SavedRequest,
} from '../support/examples.ts';
import { findPython } from '../support/pythons.ts';
import { testPython } from '../support/python.ts';
import { folderWith } from './support.ts';

/** What each cloud has of Pythons, the newest first; native packages are for one version. */
const PYTHONS = { aws: ['3.14', '3.13', '3.12', '3.11', '3.10'], tencent: ['3.10'] };
const FORMATS = { aws: awsV2, tencent: tencentUrl };
const KINDS = [
  ['aws', 'event'],
  ['tencent', 'event'],
  ['tencent', 'web'],
] as const;
const WEB_APPS = ['flask', 'django', 'fastapi', 'express', 'koa'];
const HANDLERS = ['bare-python', 'bare-node'];

let examples: Examples;
let packed: CloudPackage | undefined;

beforeAll(async () => {
  examples = await loadExamples(await testPython());
}, 300_000);

afterEach(async () => {
  await packed?.end();
  packed = undefined;
  await examples.stopAll();
});

describe.each(KINDS)('the packages for %s (%s) answer as plain servers do', (cloud, type) => {
  test.for(type === 'web' ? WEB_APPS : [...WEB_APPS, ...HANDLERS])(
    '%s',
    { timeout: 300_000 },
    async (name, { skip }) => {
      const example = examples.all.find((one) => one.name === name)!;
      const python = example.language === 'python' ? findPython(PYTHONS[cloud]) : undefined;
      if (example.language === 'python' && python === undefined)
        skip(`no Python ${PYTHONS[cloud].join(' or ')} on this machine`);
      await examples.prepare(example);
      packed = await packExample(example, cloud, type, python);
      const requests = await examples.readRequests(example);
      const answers =
        type === 'web' ? await overHttp(packed, requests) : await asEvents(packed, requests, FORMATS[cloud]);
      const plain = await examples.plainAnswers(example);
      for (const [index, request] of requests.entries()) {
        const answer = answers[index]!;
        const found =
          plain === undefined ? [] : examples.differences(plain[index]!, answer).filter(notOfFileTimes);
        expect(
          [...found, ...examples.unexpected(answer, request.expect)],
          `${request.method} ${request.path}`,
        ).toEqual([]);
      }
    },
  );
});

async function packExample(
  example: Example,
  cloud: 'aws' | 'tencent',
  type: 'event' | 'web',
  python: string | undefined,
): Promise<CloudPackage> {
  const dir = folderWith();
  copyExample(example, dir);
  if (python === '3.10') withoutVersions(dir);
  return cloudPackage({
    dir,
    cloud,
    wish: {
      ...(cloud === 'tencent' ? { type } : {}),
      runtime: python === undefined ? `nodejs${process.versions.node.split('.')[0]}` : `python${python}`,
    },
    ...(HANDLERS.includes(example.name) ? { handler: 'index.main_handler' } : {}),
  });
}

async function overHttp(app: CloudPackage, requests: SavedRequest[]): Promise<SavedAnswer[]> {
  const url = await app.serve();
  const answers: SavedAnswer[] = [];
  for (const request of requests) answers.push(await examples.send(url, request));
  return answers;
}

async function asEvents(
  app: CloudPackage,
  requests: SavedRequest[],
  format: EventFormat,
): Promise<SavedAnswer[]> {
  const results = await app.call(requests.map((request) => format.toEvent(asReceived(request))));
  return results.map(({ result, at }) => {
    const { status, headers, body } = format.fromResult(result);
    // As the gateway of the cloud adds it.
    const date: [string, string] = ['Date', new Date(at).toUTCString()];
    return { status, headers: [...headers, date], body: Buffer.from(body) };
  });
}

/** As a gateway hands it on. */
function asReceived({ method, path, headers, body }: SavedRequest): Parameters<EventFormat['toEvent']>[0] {
  const [before = '/', query = ''] = path.split('?');
  return {
    method,
    path: before,
    query,
    headers: [
      ['Host', 'localhost'],
      ...headers,
      ...(body === '' ? [] : [['Content-Length', String(Buffer.byteLength(body))] as [string, string]]),
    ],
    body: Buffer.from(body),
    scheme: 'http',
    remoteAddress: '127.0.0.1',
    stage: '',
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    time: 1_790_000_000_000,
  };
}

/** In a package files have one time, so that the same files are the same bytes; what a server makes of it differs. */
function notOfFileTimes(line: string): boolean {
  return (
    !/^header (last-modified|etag): .*\d/.test(line) || (!line.includes('GMT') && !/[0-9a-f]{8}-/.test(line))
  );
}

/** The examples name versions that are for newer Pythons: what there is for this one. */
function withoutVersions(dir: string): void {
  const file = join(dir, 'requirements.txt');
  if (existsSync(file)) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/==\S+/g, ''));
}
