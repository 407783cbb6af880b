import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';

import { describe, expect, it } from 'vitest';

import { detectApp } from '../../src/frameworks/detect.ts';
import type { DetectedApp } from '../../src/frameworks/types.ts';
import { fixtures } from '../support/platform.ts';

interface Expected {
  kind: 'found' | 'ambiguous' | 'none';
  framework?: string;
  selector?: string;
  /** `file:line` */
  evidence?: string[];
  entry?: object;
  build?: string;
  candidates?: string[];
  problems?: string[];
}

const folder = join(fixtures, 'detect');
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'expected.json')));

/** Absolute paths of the fixture as relative ones. */
function relativePaths(value: unknown, dir: string): unknown {
  if (typeof value === 'string')
    return isAbsolute(value) && value.startsWith(dir) ? relative(dir, value) || '.' : value;
  if (Array.isArray(value)) return value.map((item) => relativePaths(item, dir));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, relativePaths(item, dir)]));
}

const places = (app: DetectedApp): string[] => app.evidence.map(({ file, line }) => `${file}:${line}`);

describe('the app of each fixture is found with its evidence', () => {
  it('there are at least 30 shapes of both languages', () => {
    expect(names.filter((name) => name.startsWith('py-')).length).toBeGreaterThanOrEqual(30);
    expect(names.filter((name) => name.startsWith('node-')).length).toBeGreaterThanOrEqual(15);
  });

  it.each(names)('%s', async (name) => {
    const dir = join(folder, name);
    const expected = JSON.parse(readFileSync(join(dir, 'expected.json'), 'utf8')) as Expected;
    const detection = await detectApp(dir);
    if (detection.kind === 'found') {
      const { app } = detection;
      expect({
        kind: 'found',
        framework: app.framework,
        selector: app.selector,
        evidence: places(app),
        build: app.build,
      }).toEqual({
        kind: expected.kind,
        framework: expected.framework,
        selector: expected.selector,
        evidence: expected.evidence,
        build: expected.build,
      });
      for (const { file, line, text } of app.evidence) {
        const source = readFileSync(join(dir, file), 'utf8').split('\n')[line - 1] ?? '';
        expect(source.trim()).toContain(text.slice(0, 100));
      }
      expect(relativePaths(app.entry, dir)).toMatchObject(expected.entry ?? {});
    } else if (detection.kind === 'ambiguous') {
      const candidates = detection.candidates.map(({ selector }) => selector).toSorted();
      expect({ kind: 'ambiguous', candidates }).toEqual({
        kind: expected.kind,
        candidates: expected.candidates?.toSorted(),
      });
    } else {
      expect(expected.kind).toBe('none');
      expect(detection.lookedFor.length).toBeGreaterThan(3);
      for (const problem of expected.problems ?? []) expect(detection.problems.join('\n')).toContain(problem);
    }
  });

  it('any candidate can be selected by its selector', async () => {
    for (const name of names) {
      const dir = join(folder, name);
      const detection = await detectApp(dir);
      if (detection.kind !== 'ambiguous') continue;
      for (const candidate of detection.candidates) {
        const selected = await detectApp(dir, { app: candidate.selector });
        expect(selected).toMatchObject({ kind: 'found', app: { entry: candidate.entry } });
      }
    }
  });
});

describe('a selector', () => {
  const dir = join(folder, 'py-flask-factory-package');

  it('names a factory, a module, a script', async () => {
    expect(await detectApp(dir, { app: 'flaskr:create_app()' })).toMatchObject({
      kind: 'found',
      app: {
        title: 'Flask',
        entry: { interface: 'wsgi', from: { module: 'flaskr', attribute: 'create_app', factory: true } },
      },
    });
    expect(await detectApp(join(folder, 'py-script-wsgiref'), { app: 'serve.py' })).toMatchObject({
      kind: 'found',
      app: { entry: { from: { script: join(folder, 'py-script-wsgiref', 'serve.py') } } },
    });
  });

  it('that names nothing is refused with what could not be read', async () => {
    await expect(detectApp(dir, { app: 'flaskr:nothing' })).rejects.toMatchObject({ code: 'APP_SELECTOR' });
    await expect(detectApp(dir, { app: 'no.js' })).rejects.toMatchObject({ code: 'APP_SELECTOR' });
    await expect(detectApp(join(folder, 'py-syntax-error'), { app: 'app:app' })).rejects.toMatchObject({
      detail: expect.stringContaining('app.py:2: SyntaxError') as string,
    });
  });

  it('gives way to a start command', async () => {
    expect(await detectApp(dir, { start: 'npm run x' })).toMatchObject({
      kind: 'found',
      app: { framework: 'command', entry: { runtime: 'command', command: 'npm run x' } },
    });
  });
});
