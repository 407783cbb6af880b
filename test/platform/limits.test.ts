import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkFolder, cgroupFolder } from '../../src/platform/limits/cgroup/find.ts';
import { makeInstanceCgroup } from '../../src/platform/limits/cgroup/instance.ts';
import { openCgroup } from '../../src/platform/limits/cgroup/parent.ts';
import { cpuMax } from '../../src/platform/limits/cpu-share.ts';
import { diskUse } from '../../src/platform/limits/disk-use.ts';
import { checkEnvironment } from '../../src/platform/limits/environment.ts';
import { parentName, removeStaleFolders } from '../../src/platform/limits/temp-folders.ts';
import {
  errorOf,
  isAlive,
  nodeEntry,
  pythonEntry,
  type TestPlatform,
  testPlatform,
  until,
} from '../support/platform.ts';
import { testPython } from '../support/python.ts';

let folder: string;
let platform: TestPlatform | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ropeway-limits-'));
});
afterEach(async () => {
  await platform?.close();
  platform = undefined;
  rmSync(folder, { recursive: true, force: true });
});

describe('the environment', () => {
  it('may be as large as clouds take it, names and values together', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[A-Z]{1,8}$/), fc.string({ unit: 'grapheme', maxLength: 300 })),
        (env) => {
          const bytes = Object.entries(env).reduce(
            (sum, [name, value]) => sum + Buffer.byteLength(name + value),
            0,
          );
          const check = (): void => checkEnvironment(env, 500);
          if (bytes <= 500) check();
          else expect(check).toThrow(expect.objectContaining({ code: 'ENV_TOO_LARGE' }));
        },
      ),
    );
  });

  it('is refused by the names of its largest variables, not by their values', () => {
    const env = { SMALL: 'x', KEY: 'hush'.repeat(2000), CERT: 'hush'.repeat(1000) };
    try {
      checkEnvironment(env, 4096);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('hush');
      expect(error).toMatchObject({ got: expect.stringMatching(/^12\d{3} bytes \(KEY 8003, CERT 4004/) });
    }
  });
});

describe('temporary files', () => {
  it.each([
    ['node', nodeEntry('temporary.cjs'), 'fresh'],
    ['python', pythonEntry('temporary', 'application', 'wsgi'), 'fresh'],
    ['copied python', pythonEntry('temporary', 'application', 'wsgi'), 'template'],
  ] as const)('of a %s instance are in a folder of its own that goes with it', async (_, entry, cold) => {
    const interpreter = await testPython();
    platform = await testPlatform({ entry, limits: { instances: 2 }, spec: { interpreter, cold } });
    await platform.prepare();
    const paths = new Set<string>();
    for (const init of [{}, { headers: { 'x-ropeway-cold': '1' } }]) {
      const path = await (await fetch(`${platform.url}/write`, init)).text();
      expect(path).toContain(`ropeway-tmp-${process.pid}-`);
      expect(existsSync(path)).toBe(true);
      paths.add(path);
    }
    expect(paths.size).toBe(2);
    await platform.close();
    await until(() => [...paths].every((path) => !existsSync(path)));
  });

  it('are limited: who keeps more is ended, with the reason', async () => {
    platform = await testPlatform({ entry: nodeEntry('temporary.cjs'), limits: { tmp: 5 } });
    const answer = await fetch(`${platform.url}/fill`);
    expect(answer.status).toBe(502);
    expect(await errorOf(answer)).toMatchObject({
      code: 'TMP_EXCEEDED',
      message: expect.stringContaining('limit is 5 MB'),
    });
    expect((await fetch(`${platform.url}/write`)).status).toBe(200);
  });

  it('are counted by what they take on the disk, links not followed, and no further than needed', async () => {
    mkdirSync(join(folder, 'a', 'b'), { recursive: true });
    writeFileSync(join(folder, 'a', 'b', 'file'), Buffer.alloc(100_000, 1));
    symlinkSync('/', join(folder, 'root'));
    const bytes = await diskUse(folder, Infinity);
    expect(bytes).toBeGreaterThanOrEqual(100_000);
    expect(bytes).toBeLessThan(200_000);
    expect(await diskUse(join(folder, 'none'), 1)).toBe(0);
  });

  it('of killed platforms are removed by the next one', () => {
    const dead = parentName(2 ** 22 + 1);
    for (const name of [`${dead}x`, `${parentName(process.pid)}x`, 'ropeway-tmp-other'])
      mkdirSync(join(folder, name));
    expect(removeStaleFolders(folder)).toEqual([`${dead}x`]);
    expect(existsSync(join(folder, `${parentName(process.pid)}x`))).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('children that an app has started', () => {
  it.each(['/setsid', '/fork'])(
    'go with their instance, also those that have left its group (%s)',
    async (path) => {
      const interpreter = await testPython();
      platform = await testPlatform({
        entry: pythonEntry('temporary', 'application', 'wsgi'),
        spec: { interpreter },
      });
      const child = Number(await (await fetch(`${platform.url}${path}`)).text());
      expect(isAlive(child)).toBe(true);
      await platform.close();
      await until(() => !isAlive(child));
    },
  );
});

describe('the processor', () => {
  it('is shared by memory, as a cloud does', () => {
    expect(cpuMax(1769)).toBe('100000 100000');
    expect(cpuMax(3538)).toBe('200000 100000');
    expect(cpuMax(128)).toBe('7236 100000');
    expect(cpuMax(1)).toBe('1000 100000');
  });
});

// The kernel's part is played by plain files: what is written where, and what is made of what is read.
describe('cgroup v2', () => {
  const kernelFiles = (path: string, controllers = 'cpuset cpu io memory pids'): void => {
    mkdirSync(path, { recursive: true });
    for (const [name, text] of Object.entries({
      'cgroup.controllers': controllers,
      'cgroup.subtree_control': '',
      'cgroup.procs': '',
    })) {
      writeFileSync(join(path, name), text);
    }
  };

  it('is found below its mount, whatever the mount shows of it', () => {
    const mount = (root: string, point: string): string =>
      `29 23 0:26 ${root} ${point} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n`;
    const other = '30 23 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n';
    const cgroup = '4:memory:/x\n0::/user.slice/app\n';
    expect(cgroupFolder({ cgroup, mountinfo: other + mount('/', '/sys/fs/cgroup') })).toBe(
      '/sys/fs/cgroup/user.slice/app',
    );
    expect(cgroupFolder({ cgroup, mountinfo: mount('/user.slice', '/cg\\040two') })).toBe('/cg two/app');
    expect(cgroupFolder({ cgroup, mountinfo: mount('/elsewhere', '/cg') })).toBeUndefined();
    expect(cgroupFolder({ cgroup: '4:memory:/x\n', mountinfo: mount('/', '/cg') })).toBeUndefined();
  });

  it('is used only with the controllers that limits need', () => {
    kernelFiles(join(folder, 'good'));
    kernelFiles(join(folder, 'poor'), 'hugetlb');
    expect(checkFolder(join(folder, 'good'))).toEqual({ folder: join(folder, 'good') });
    expect(checkFolder(join(folder, 'poor'))).toEqual({ reason: expect.stringContaining('cpu and memory') });
    expect(checkFolder(join(folder, 'none'))).toEqual({ reason: expect.stringContaining('cannot be read') });
  });

  it('gets its controllers turned on once this process has moved into a child', () => {
    kernelFiles(folder);
    writeFileSync(join(folder, 'cgroup.procs'), '77\n');
    expect(openCgroup({ folder }, 77)).toEqual({ folder });
    expect(readFileSync(join(folder, 'ropeway-77', 'cgroup.procs'), 'utf8')).toBe('77');
    expect(readFileSync(join(folder, 'cgroup.subtree_control'), 'utf8')).toBe('+memory +cpu +pids');
    writeFileSync(join(folder, 'cgroup.subtree_control'), '');
    writeFileSync(join(folder, 'cgroup.procs'), '77\n78\n');
    expect(openCgroup({ folder }, 77)).toEqual({ reason: expect.stringContaining('other processes') });
  });

  it('limits an instance, and tells when the kernel has ended it', async () => {
    const cgroup = makeInstanceCgroup(folder, 'one')!;
    const files = [
      'memory.max',
      'memory.oom.group',
      'cpu.max',
      'cgroup.procs',
      'cgroup.kill',
      'memory.events',
    ];
    for (const file of files) writeFileSync(join(cgroup.folder, file), '');
    cgroup.limit({ memory: 256, cpu: 'share' });
    cgroup.admit(4711);
    const text = (file: string): string => readFileSync(join(cgroup.folder, file), 'utf8');
    expect(files.slice(0, 4).map(text)).toEqual([String(256 * 1024 * 1024), '1', '14471 100000', '4711']);
    expect(cgroup.outOfMemory()).toBe(false);
    writeFileSync(join(cgroup.folder, 'memory.events'), 'oom 1\noom_kill 1\n');
    expect(cgroup.outOfMemory()).toBe(true);
    cgroup.kill();
    expect(text('cgroup.kill')).toBe('1');
    // What the kernel has no file for is not made.
    expect(existsSync(join(cgroup.folder, 'memory.swap.max'))).toBe(false);
    expect(makeInstanceCgroup(join(folder, 'none'), 'x')).toBeUndefined();
  });
});
