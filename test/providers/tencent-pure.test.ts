import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { describeError, type RopewayError } from '../../src/lib/errors.ts';
import { ACTIONS } from '../../src/providers/tencent/actions.ts';
import { errorOf } from '../../src/providers/tencent/call.ts';
import { findKeys, parseIni, parseTccli } from '../../src/providers/tencent/credentials.ts';
import { urlOf, urlText } from '../../src/providers/tencent/function-url.ts';
import { callsSince, newLines } from '../../src/providers/tencent/logs.ts';
import { layerName, siteBucket } from '../../src/providers/tencent/names.ts';
import { findRegion } from '../../src/providers/tencent/options.ts';
import { allPages } from '../../src/providers/tencent/pages.ts';
import { corsOf, corsText, sortRoutes } from '../../src/providers/tencent/routes.ts';
import { scfMemory, scfRuntime } from '../../src/providers/tencent/runtimes.ts';
import { labelsOfTags, tagChanges, tagsOf } from '../../src/providers/tencent/tags.ts';
import { beijingTime, parseBeijing } from '../../src/providers/tencent/times.ts';
import { platformError } from '../../src/providers/tencent/try-url.ts';
import { descriptionOf, noteOf, type VersionNote } from '../../src/providers/tencent/version-note.ts';
import { packageRoot } from '../../src/lib/package-root.ts';

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const plain = fc.stringMatching(/^[a-z0-9]{1,16}$/);

describe('the note of a version', () => {
  const notes: fc.Arbitrary<VersionNote> = fc.record(
    {
      labels: fc.dictionary(word, fc.string({ unit: 'grapheme', maxLength: 12 }), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      code: plain,
      sum: plain,
      settings: plain,
      layers: fc.array(plain, { maxLength: 3 }),
      hosts: fc.array(plain, { maxLength: 2 }),
    },
    { requiredKeys: ['labels', 'layers', 'hosts'] },
  );

  test('comes back, whatever the user has written before it', () => {
    fc.assert(
      fc.property(notes, fc.string({ unit: 'grapheme' }), (note, text) => {
        expect(noteOf(descriptionOf(note, text))).toEqual(note);
      }),
    );
  });

  test('comes back behind the note of another', () => {
    fc.assert(
      fc.property(notes, notes, (note, other) => {
        expect(noteOf(descriptionOf(note, descriptionOf(other)))).toEqual(note);
      }),
    );
  });

  test('has no signs but those that SCF promises to take, and 1000 at most', () => {
    fc.assert(
      fc.property(notes, fc.string({ unit: 'grapheme', maxLength: 2000 }), (note, text) => {
        expect(descriptionOf(note)).toMatch(/^[A-Za-z0-9 ,.]+$/);
        expect(descriptionOf(note, text).length).toBeLessThanOrEqual(1000);
      }),
    );
  });

  test('is not in what others have written', () => {
    expect(noteOf('')).toBeUndefined();
    expect(noteOf(null)).toBeUndefined();
    expect(noteOf('Created by Serverless Framework, ropeway. code 1')).toBeUndefined();
  });

  test('that is too long is refused', () => {
    const hosts = Array.from({ length: 60 }, (_, nth) => `host${nth}.example.com/*`);
    expect(() => descriptionOf({ labels: {}, layers: [], hosts })).toThrow(
      expect.objectContaining({ code: 'LABELS_TOO_LONG' }) as Error,
    );
  });
});

describe('tags', () => {
  test('tell whose a thing is, whatever names are', () => {
    fc.assert(
      fc.property(fc.record({ project: word, stage: word, component: word }), (owner) => {
        const tags = tagsOf({ ...owner, deployment: 'x' }, { team: 'a' });
        expect(labelsOfTags(tags)).toEqual(owner);
        // What COS takes (doc 436/34838).
        for (const value of Object.values(tags)) expect(value).toMatch(/^[A-Za-z0-9 +_=.:/-]*$/);
      }),
    );
  });

  test('of others stay', () => {
    const before = { team: 'a', 'ropeway:project': 'old', 'ropeway:gone': '1', same: 's' };
    expect(tagChanges(before, { 'ropeway:project': 'new', more: 'm', same: 's' })).toEqual({
      add: [['more', 'm']],
      change: [['ropeway:project', 'new']],
      remove: ['ropeway:gone'],
    });
  });
});

test('the policy allows what is called, and nothing else', () => {
  const path = join(packageRoot, 'src/providers/tencent/policy.json');
  const policy = JSON.parse(readFileSync(path, 'utf8')) as { statement: { action: string[] }[] };
  const allowed = policy.statement.flatMap(({ action }) => action);
  const called = Object.values(ACTIONS).flatMap((actions) => Object.values(actions).flat() as string[]);
  expect(allowed.sort()).toEqual([...new Set(called)].sort());
});

test.each(['tencent.md', 'tencent.zh-CN.md'])('docs/%s has the policy as it is', (name) => {
  const page = readFileSync(join(packageRoot, 'docs', name), 'utf8');
  const policy = readFileSync(join(packageRoot, 'src/providers/tencent/policy.json'), 'utf8');
  const shown = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text!);
  const same = (text: string): unknown => JSON.parse(text) as unknown;
  expect(shown.map(same)).toContainEqual(same(policy));
});

test('prices have a date and a source', () => {
  const path = join(packageRoot, 'src/providers/tencent/prices.json');
  const { prices } = JSON.parse(readFileSync(path, 'utf8')) as { prices: object[] };
  expect(prices.length).toBeGreaterThan(3);
  for (const price of prices)
    expect(price).toEqual({
      item: expect.stringMatching(/^scf-/) as string,
      what: expect.any(String) as string,
      price: expect.any(Number) as number,
      asOf: expect.stringMatching(/^20\d\d/) as string,
      source: expect.stringMatching(/^https:/) as string,
    });
});

test('lists are read to their end, however many come at a time', async () => {
  for (const [count, most] of [
    [0, 20],
    [45, 20],
    [200, 100],
    [200, 1000],
  ] as const) {
    const all = Array.from({ length: count }, (_, nth) => nth);
    const read = await allPages(async ({ Offset, Limit }) => ({
      items: all.slice(Offset, Offset + Math.min(Limit, most)),
      total: count,
    }));
    expect(read).toEqual(all);
  }
  // Some say no total.
  expect(await allPages(async ({ Offset }) => ({ items: [1, 2].slice(Offset), total: undefined }))).toEqual([
    1, 2,
  ]);
});

test('memory is rounded up to what SCF has', () => {
  const rounded = [1, 64, 65, 128, 129, 300, 512, 3000, 3072].map(scfMemory);
  expect(rounded).toEqual([64, 64, 128, 128, 256, 384, 512, 3072, 3072]);
  expect(() => scfMemory(3073)).toThrow(expect.objectContaining({ code: 'INPUTS' }) as Error);
});

test('runtimes are those of SCF', () => {
  expect(['python3.10', 'nodejs18', 'nodejs20', 'custom'].map(scfRuntime)).toEqual([
    'Python3.10',
    'Nodejs18.15',
    'Nodejs20.19',
    'CustomRuntime',
  ]);
  expect(() => scfRuntime('python3.13')).toThrow(
    expect.objectContaining({ code: 'TARGET_RUNTIME' }) as Error,
  );
});

test('names of buckets and layers are such as the cloud takes, and two stay two', () => {
  fc.assert(
    fc.property(word, word, (one, other) => {
      const bucket = siteBucket(one, '1250000000');
      expect(bucket).toMatch(/^[a-z0-9][a-z0-9-]*-1250000000$/);
      expect(bucket.length).toBeLessThanOrEqual(60);
      if (one !== other) expect(siteBucket(other, '1250000000')).not.toBe(bucket);
    }),
  );
  expect(siteBucket('pages', '1250000000')).toBe('pages-1250000000');
  const long = 'f'.repeat(60);
  for (const Namespace of ['default', 'shops']) {
    const name = layerName({ FunctionName: long, Namespace }, 0);
    expect(name).toMatch(/^[A-Za-z][\w-]{0,62}[A-Za-z0-9]$/);
  }
  expect(layerName({ FunctionName: 'a', Namespace: 'x' }, 0)).not.toBe(
    layerName({ FunctionName: 'a', Namespace: 'y' }, 0),
  );
});

test('times are those of Beijing', () => {
  expect(beijingTime(Date.UTC(2026, 0, 1, 0, 0, 5))).toBe('2026-01-01 08:00:05');
  expect(parseBeijing('2026-01-01 08:00:05')).toBe(Date.UTC(2026, 0, 1, 0, 0, 5));
  expect([parseBeijing(''), parseBeijing(undefined), parseBeijing('soon')]).toEqual([0, 0, 0]);
});

describe('routes', () => {
  test('of a function are its URL, and paths of hosts', () => {
    const host = { host: 'a.example.com', path: '/x/*' };
    expect(sortRoutes('shop', [{ path: '/*', cors: true }, host])).toEqual({
      url: { path: '/*', cors: true },
      hosts: [host],
    });
    expect(sortRoutes('shop', [])).toEqual({ hosts: [] });
    expect(() => sortRoutes('shop', [{ path: '/x/*' }])).toThrow(
      expect.objectContaining({ code: 'ROUTE_NEEDS_DOMAIN', got: '/x/*' }) as Error,
    );
  });

  test('have CORS in the words of SCF', () => {
    expect(corsOf(true)).toEqual({ Origins: ['*'], Methods: ['*'], Headers: ['*'] });
    expect(corsOf({ allowOrigins: ['a'], MaxAge: 5 })).toEqual({ Origins: ['a'], MaxAge: 5 });
    expect(corsText({ Enable: true, Methods: ['b', 'a'], Origins: [] })).toBe('{"Methods":["a","b"]}');
    expect(() => corsOf({ allow: [] })).toThrow(expect.objectContaining({ code: 'INPUTS' }) as Error);
  });
});

describe('a function URL', () => {
  // As the documents and tccli have it.
  const { response_tccli_ListTriggers: told } = {
    response_tccli_ListTriggers: {
      AuthType: 'NONE',
      NetConfig: {
        EnableIntranet: true,
        IntranetUrl: 'https://1258888888-hulrzrbh9f.in.ap-chongqing.tencentscf.com',
        ExtranetUrl: '',
        EnableExtranet: false,
      },
    },
  };

  test('is inside TriggerDesc', () => {
    expect(urlOf({ TriggerDesc: JSON.stringify(told) })).toBe(
      'https://1258888888-hulrzrbh9f.in.ap-chongqing.tencentscf.com/',
    );
    expect(urlOf({ TriggerDesc: 'no JSON' })).toBeUndefined();
    expect(urlOf(undefined)).toBeUndefined();
  });

  test('is known by who may call it, and from where', () => {
    const shown = (description: object, Enable = 1): string =>
      urlText({ TriggerDesc: JSON.stringify(description), Enable });
    expect(shown(told)).toBe('NONE private');
    expect(shown({ AuthType: 'CAM', NetConfig: { EnableExtranet: true } }, 0)).toBe('CAM closed public');
    expect(shown({ CorsConfig: { Enable: true, Origins: ['*'] } })).toBe('NONE public {"Origins":["*"]}');
    expect(shown({ CorsConfig: { Enable: false, Origins: ['*'] } })).toBe('NONE public');
    expect(urlText(undefined)).toBe('none');
  });

  test('answers in place of an app when that does not run', () => {
    const body = '{"errorCode":-1,"errorMessage":"user process exit","requestId":"id-1","statusCode":439}';
    expect(platformError(body)).toEqual({ text: 'user process exit', requestId: 'id-1' });
    expect(platformError('{"errorCode":7}')).toBeUndefined();
    expect(platformError('<h1>hello</h1>')).toBeUndefined();
    expect(platformError('null')).toBeUndefined();
  });
});

test('what an app raised is told', () => {
  const python =
    'Traceback (most recent call last):\n  File "app.py", line 1, in f\n    g()\nValueError: no such thing';
  expect(
    errorOf({ errorMessage: 'user code exception caught', stackTrace: python, statusCode: 430 }, ''),
  ).toEqual({
    code: 'FUNCTION_ERROR',
    message: 'ValueError: no such thing',
    traceback: python,
  });
  expect(errorOf({ errorMessage: 'Invoking task timed out after 3 seconds', statusCode: 433 }, '')).toEqual({
    code: 'FUNCTION_TIMEOUT',
    message: 'Invoking task timed out after 3 seconds',
  });
  expect(errorOf('text', 'Error: gone\n    at f (a.js:1)')).toMatchObject({ message: 'Error: gone' });
});

test('logs of many days are asked for day by day, and page by page', async () => {
  const asked: { StartTime?: string; EndTime?: string; Offset?: number }[] = [];
  const scf = {
    GetFunctionLogs: async (request: (typeof asked)[number]) => {
      asked.push(request);
      const isFull = asked.length === 1;
      return { Data: Array.from({ length: isFull ? 100 : 1 }, () => ({ RequestId: String(asked.length) })) };
    },
  } as unknown as Parameters<typeof callsSince>[0];
  const day = 24 * 3600_000;
  const found = [];
  const id = { FunctionName: 'shop', Namespace: 'default' };
  for await (const one of callsSince(scf, id, Date.now() - 2.5 * day, undefined)) found.push(one);
  expect(found).toHaveLength(103);
  expect(asked.map(({ Offset }) => Offset)).toEqual([0, 100, 0, 0]);
  const windows = asked.filter(({ Offset }) => Offset === 0);
  for (const [nth, { StartTime, EndTime }] of windows.entries()) {
    expect(parseBeijing(EndTime) - parseBeijing(StartTime)).toBeLessThanOrEqual(day);
    // Nothing is left out between two of them.
    if (nth > 0) expect(StartTime).toBe(windows[nth - 1]!.EndTime);
  }
});

test('lines of a call are told once, and when they have come', () => {
  const told = new Map<string, number>();
  const call = { RequestId: 'a', StartTime: '2026-01-01 08:00:05', Log: 'one\ntwo\n' };
  const query = { since: 0 };
  expect(newLines(call, told, query).map(({ line }) => line)).toEqual(['one', 'two']);
  expect(newLines({ ...call, Log: 'one\ntwo\nthree' }, told, query)).toEqual([
    { time: '2026-01-01T00:00:05.000Z', requestId: 'a', line: 'three' },
  ]);
  expect(newLines({ ...call, RetryNum: 1 }, told, { since: 0, filter: 'two' })).toHaveLength(1);
});

describe('keys', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'ropeway-keys-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const file = (path: string, text: string): void => {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  const INI =
    '; of the SDK\n[other]\nsecret_id = no\nsecret_key = no\n[default]\nsecret_id = ini-id\nsecret_key= ini=key==\n';
  const TCCLI = '{"secretId": "cli-id", "secretKey": "cli-key", "type": "sso", "token": "t"}';

  test('come from the first place that has them', async () => {
    const env: Record<string, string> = { HOME: home };
    await expect(findKeys({ env })).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
    file('.tccli/default.credential', TCCLI);
    expect(await findKeys({ env })).toEqual({ secretId: 'cli-id', secretKey: 'cli-key', token: 't' });
    file('.tencentcloud/credentials', INI);
    expect(await findKeys({ env })).toEqual({ secretId: 'ini-id', secretKey: 'ini=key==' });
    Object.assign(env, { TENCENT_SECRET_ID: 'old-id', TENCENT_SECRET_KEY: 'old-key', TENCENT_TOKEN: 'o' });
    expect(await findKeys({ env })).toEqual({ secretId: 'old-id', secretKey: 'old-key', token: 'o' });
    Object.assign(env, { TENCENTCLOUD_SECRET_ID: 'id', TENCENTCLOUD_SECRET_KEY: '' });
    expect((await findKeys({ env })).secretId).toBe('old-id');
    Object.assign(env, { TENCENTCLOUD_SECRET_KEY: 'key', TENCENTCLOUD_TOKEN: 'n' });
    expect(await findKeys({ env })).toEqual({ secretId: 'id', secretKey: 'key', token: 'n' });
    const given = { secretId: 'given', secretKey: 'key' };
    expect(await findKeys({ env, credentials: given })).toBe(given);
  });

  test('in a file that cannot be read are asked for, and none of it is shown', async () => {
    file('.tccli/default.credential', '{"secretKey": "very-secret" oh');
    const thrown: unknown = await findKeys({ env: { HOME: home } }).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'CREDENTIALS_WRONG', got: 'no JSON' });
    expect(describeError(thrown as RopewayError)).not.toContain('very-secret');
    expect((thrown as Error).cause).toBeUndefined();
  });

  test('are read as the tools write them', () => {
    expect(parseIni('[default]\r\nsecret_id: a\r\nsecret_key: b\r\ntoken: c\r\n')).toEqual({
      secretId: 'a',
      secretKey: 'b',
      token: 'c',
    });
    expect(parseIni('secret_id = a\nsecret_key = b')).toBeUndefined();
    expect(parseTccli('{"secretId": "a"}')).toBeUndefined();
    expect(parseTccli('null')).toBeUndefined();
  });
});

test('the region comes from the inputs, else from the environment', () => {
  expect(findRegion({ region: 'ap-beijing', env: { TENCENTCLOUD_REGION: 'ap-guangzhou' } })).toBe(
    'ap-beijing',
  );
  expect(findRegion({ env: { TENCENTCLOUD_REGION: 'ap-guangzhou' } })).toBe('ap-guangzhou');
  expect(() => findRegion({ env: {} })).toThrow(expect.objectContaining({ code: 'REGION_MISSING' }) as Error);
});
