// The examples as functions of a platform in this process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { functionSpec } from '../../dist/cli/apps/function-spec.js';
import { detectApp } from '../../dist/frameworks/detect.js';
import { startPlatform } from '../../dist/platform/platform.js';
import { chooseExamples } from '../../scripts/demo/examples.mjs';
import { findPython, prepare, programs } from '../../scripts/demo/prepare.mjs';

/** The examples of these names, installed; without Python only those of Node. */
export async function installed(names) {
  const python = await findPython();
  const ready = [];
  for (const example of chooseExamples(names)) {
    if (example.language === 'python' && python.path === undefined) continue;
    await prepare(example, python.path);
    ready.push(example);
  }
  return ready;
}

/** What `ropeway dev` would run, with these limits. */
export async function specOf(example, { limits, cold, warmup = [], spares = 1 }) {
  const { folder, language } = example;
  const found = await detectApp(folder, {});
  const interpreter = language === 'python' ? join(programs(example), 'python') : undefined;
  const options = { stream: true, cold };
  const spec = functionSpec({
    dir: folder,
    app: found.app,
    interpreter,
    options,
    config: { warmup },
    env: example.env ?? {},
    cold: 'fresh',
  });
  return { ...spec, spares, limits: { ...spec.limits, ...limits } };
}

/** A platform on a free port; its records are in `records`. Close it. */
export async function platformFor(spec) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'ropeway-bench-'));
  const records = [];
  const platform = await startPlatform({
    host: '127.0.0.1',
    port: 0,
    spec,
    stateFolder,
    isForDevelopment: true,
    onRecord: (record) => records.push(record),
    onOutput: () => undefined,
    onNotice: (message) => console.error(message),
  });
  return {
    ...platform,
    records,
    close: async () => {
      await platform.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
