// npm run bench:packages: the bytes that are uploaded for the examples, against what other tools' ways of packing give.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../scripts/lib/run.mjs';
import { build } from './lib/build.mjs';
import { run } from './lib/install.mjs';
import { benchOptions } from './lib/options.mjs';
import { report } from './lib/report.mjs';
import { median, round2 } from './lib/stats.mjs';

/** At most as large as all that is installed, with compiled files, in a zip: what Zappa uploads. */
const MOST = 1;
/** Milliseconds for the digest that decides whether anything has to be packed. */
const DIGEST_MS = 300;
const PYTHON = ['flask', 'django', 'fastapi'];
const NODE = ['express', 'koa'];

const options = benchOptions('packages', { rounds: 5 });
await build();
const { detectApp } = await import('../dist/frameworks/detect.js');
const { readRequirements } = await import('../dist/frameworks/preparation/requirements.js');
const { buildPackage } = await import('../dist/packaging/build.js');
const { sourceDigest } = await import('../dist/packaging/source-digest.js');
const { targetOf } = await import('../dist/packaging/targets.js');
const { findPython } = await import('../scripts/demo/prepare.mjs');

const rows = [];
const notes = [
  'MB of the zips, layers included. installed: the folder of the app with all that pip or npm install; zappa-like: with .pyc files; plugin-like: without them, as serverless-python-requirements has it.',
];
const place = mkdtempSync(join(tmpdir(), 'ropeway-bench-packages-'));
// The second build is what is measured as such; the first one is to be a first one.
process.env.XDG_CACHE_HOME = join(place, 'cache');
try {
  const python = await findPython();
  if (python.path === undefined) notes.push(`${python.why}: the Python examples were not measured.`);
  else for (const name of PYTHON) await measurePython(name, python.path);
  for (const name of NODE) await measureNode(name);
} finally {
  rmSync(place, { recursive: true, force: true });
}
report('packages', rows, { json: options.json, notes });

async function measurePython(name, python) {
  console.error(`… packing ${name}`);
  const dir = copyOf(name);
  const others = {};
  for (const [peer, flag] of [
    ['zappa-like', '--compile'],
    ['plugin-like', '--no-compile'],
  ]) {
    const folder = join(place, `${name}-${peer}`);
    cpSync(dir, folder, { recursive: true });
    const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', flag, '--target', folder];
    run(python, [...pip, '-r', join(dir, 'requirements.txt')], folder);
    others[peer] = zipped(folder, python);
  }
  const wish = await wishFor(dir, { interpreter: python, requirements: await readRequirements([dir]) });
  await addRows(name, wish, others, 'zappa-like');
}

async function measureNode(name) {
  console.error(`… packing ${name}`);
  const dir = copyOf(name);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], dir);
  const python = await findPython();
  const others = python.path === undefined ? {} : { installed: zipped(dir, python.path) };
  for (const node of ['installed', 'traced']) {
    await addRows(
      node === 'installed' ? name : `${name}, ${node}`,
      await wishFor(dir, { node }),
      others,
      'installed',
    );
  }
}

/** The size, then how long it takes to see that nothing has changed. */
async function addRows(name, wish, others, peer) {
  const { code, layer } = await buildPackage(wish);
  const ours = megabytes(code.bytes + (layer?.bytes ?? 0));
  const ratio = others[peer] === undefined ? null : round2(ours / others[peer]);
  rows.push({
    case: `${name}/size`,
    unit: 'MB',
    subject: ours,
    baseline: others[peer] ?? null,
    peer,
    ratio,
    goal: `<= ${MOST}`,
    ok: ratio === null || ratio <= MOST,
    all: { ropeway: ours, ...others },
  });
  const times = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const began = performance.now();
    await sourceDigest(wish);
    times.push(performance.now() - began);
  }
  rows.push({
    case: `${name}/unchanged`,
    unit: 'ms',
    subject: round2(median(times)),
    baseline: null,
    ratio: null,
    goal: `< ${DIGEST_MS} ms`,
    ok: median(times) < DIGEST_MS,
  });
}

async function wishFor(dir, more) {
  const { app } = await detectApp(dir, {});
  return {
    dir,
    entry: app.entry,
    target: targetOf({ name: 'local' }),
    outFolder: join(dir, '.ropeway', 'packages'),
    onNotice: (notice) => console.error(notice),
    onLine: () => undefined,
    ...more,
  };
}

/** An example as it is in the repository. */
function copyOf(name) {
  const dir = join(place, name);
  mkdirSync(dir);
  const source = join(root, 'examples', name);
  for (const entry of readdirSync(source)) {
    if (!['node_modules', '.ropeway', '.venv', '__pycache__'].includes(entry))
      cpSync(join(source, entry), join(dir, entry), { recursive: true });
  }
  return dir;
}

/** MB of a folder as a zip with the compression that is usual. */
function zipped(folder, python) {
  const target = `${folder}.zip`;
  const script = 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])';
  const { status, stderr } = spawnSync(python, ['-c', script, folder, folder], { encoding: 'utf8' });
  if (status !== 0 || !existsSync(target)) throw new Error(`${folder} cannot be zipped\n${stderr}`);
  return megabytes(statSync(target).size);
}

function megabytes(bytes) {
  return round2(bytes / 1024 / 1024);
}
