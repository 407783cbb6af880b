import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { contentOf, openObjects } from '../../../../src/emulators/buckets/objects.ts';
import { type CosSums, summing } from '../../../../src/emulators/tencent/cos/sums.ts';
import type { ObjectInfo } from '../../../../src/emulators/tencent/cos/types.ts';
import { openState } from '../../../../src/emulators/tencent/cos/state.ts';
import type { Acl } from '../../../../src/emulators/tencent/cos/types.ts';

const ACL: Acl = { canned: 'default', grants: [] };

type Step =
  | { kind: 'put'; key: string; content: string }
  | { kind: 'remove' | 'amend'; key: string }
  | { kind: 'reopen' };

const keys = fc.oneof(
  fc.constantFrom(
    '..',
    '../up',
    '/',
    '/etc/passwd',
    'a/../b',
    '.',
    'con',
    'a\0b',
    '日本',
    'e\u0301',
    '\u00e9',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('put'), key: keys, content: fc.string({ maxLength: 5000 }) }),
  },
  fc.record({ kind: fc.constantFrom('remove', 'amend'), key: keys }),
  fc.record({ kind: fc.constant('reopen') }),
) as fc.Arbitrary<Step>;

test('what was put is there, whatever its key, until it is removed, and nothing else is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 12 }), async (sequence) => {
      const parent = mkdtempSync(join(tmpdir(), 'ropeway-objects-'));
      const folder = join(parent, 'objects');
      const model = new Map<string, { content: string; type?: string }>();
      let objects = openObjects<ObjectInfo, CosSums>(folder, summing);
      for (const step of sequence) {
        if (step.kind === 'reopen') objects = openObjects<ObjectInfo, CosSums>(folder, summing);
        else if (step.kind === 'put') {
          const about = { key: step.key, headers: {}, storageClass: 'STANDARD', acl: ACL, modifiedAt: 1 };
          await objects.put([Buffer.from(step.content)], about);
          model.set(step.key, { content: step.content });
        } else if (step.kind === 'amend') {
          const amended = await objects.amend(step.key, (info) => ({
            ...info,
            headers: { 'content-type': 'x/y' },
          }));
          const before = model.get(step.key);
          expect(amended === undefined).toBe(before === undefined);
          if (before !== undefined) model.set(step.key, { ...before, type: 'x/y' });
        } else expect(await objects.remove(step.key)).toBe(model.delete(step.key));
      }
      const listed = await objects.list();
      const bytes = [...model.keys()].map((key) => Buffer.from(key)).toSorted(Buffer.compare);
      expect(listed.map(({ key }) => key)).toEqual(bytes.map(String));
      for (const [key, { content, type }] of model) {
        const file = (await objects.open(key))!;
        expect(file.about.headers['content-type']).toBe(type);
        expect((await contentOf(file)).equals(Buffer.from(content))).toBe(true);
      }
      expect(readdirSync(parent)).toEqual(['objects']);
      expect(readdirSync(folder)).toHaveLength(model.size);
      rmSync(parent, { recursive: true });
    }),
    { numRuns: 40 },
  );
});

test('who reads an object reads it to its end, also when it is replaced or removed meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ropeway-objects-'));
  const objects = openObjects<ObjectInfo, CosSums>(folder, summing);
  const about = { key: 'a', headers: {}, storageClass: 'STANDARD', acl: ACL, modifiedAt: 1 };
  await objects.put([Buffer.alloc(1_000_000, 'x')], about);
  const first = (await objects.open('a'))!;
  await objects.put([Buffer.from('new')], about);
  const second = (await objects.open('a'))!;
  await objects.remove('a');
  expect((await contentOf(first)).equals(Buffer.alloc(1_000_000, 'x'))).toBe(true);
  expect((await contentOf(second)).toString()).toBe('new');
  expect(await objects.open('a')).toBeUndefined();
  rmSync(folder, { recursive: true });
});

test('what was cut off while it was written is not there, and is cleared away', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ropeway-cos-'));
  const notices: string[] = [];
  const open = (): ReturnType<typeof openState> => openState(folder, (message) => void notices.push(message));
  const state = open();
  await state.add({
    name: 'shop-1250000000',
    region: 'ap-guangzhou',
    createdAt: new Date(0).toISOString(),
    acl: ACL,
    settings: {},
  });
  const bucket = state.find('shop-1250000000')!;
  const about = { key: 'a', headers: {}, storageClass: 'STANDARD', acl: ACL, modifiedAt: 1 };
  await state.objects(bucket).put([Buffer.from('whole')], about);
  const failing = state.objects(bucket).put(
    (async function* () {
      yield Buffer.from('half');
      await Promise.resolve();
      throw new Error('cut off');
    })(),
    about,
  );
  await expect(failing).rejects.toThrow('cut off');
  const place = join(folder, bucket.folder, 'objects');
  writeFileSync(join(place, 'abc.123.new'), 'half');
  mkdirSync(join(folder, 'gone-1250000000.abc', 'objects'), { recursive: true });

  const again = open();
  const found = again.find('shop-1250000000')!;
  const [info] = await again.objects(found).list();
  expect(info).toMatchObject({ key: 'a', bytes: 5 });
  expect(readdirSync(place)).toHaveLength(1);
  await expect.poll(() => readdirSync(folder).filter((name) => name.startsWith('gone'))).toEqual([]);
  expect(notices).toEqual([]);
  rmSync(folder, { recursive: true });
});
