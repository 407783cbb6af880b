// npm run bench:adapters: our adapters against others, same app, same events, one run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../scripts/lib/run.mjs';
import { binaryBody, events } from './adapters/events.mjs';
import { foreignModules, nodeImports, pythonImports, sizeOf } from './adapters/imports.mjs';
import { measureNode } from './adapters/measure-node.mjs';
import { npmPeers, pythonPeers } from './adapters/peers.mjs';
import { build } from './lib/build.mjs';
import { benchOptions } from './lib/options.mjs';
import { report } from './lib/report.mjs';
import { compare, median, round2 } from './lib/stats.mjs';

/** Ratios to the fastest peer: what must hold, and what is aimed at. */
const GOALS = {
  'python-wsgi': { most: 1, aim: 0.7 },
  // Half of what mangum needs as it is by default; its lifespan support can be switched off.
  'python-asgi': { most: 0.5, aim: 0.5 },
  'python-asgi-without-lifespan': { most: 1, aim: 0.5 },
  'node-listener': { most: 1, aim: 0.7 },
  'node-express': { most: 1, aim: 0.7 },
  'node-fastify': { most: 1, aim: 0.7 },
};
const IMPORT_MS = 10;

const options = benchOptions('adapters', { rounds: 15 });
const cache = join(root, '.cache');
const runtime = join(root, 'src/runtimes/python');
mkdirSync(cache, { recursive: true });
await build();
const peers = npmPeers(cache);
const python = await pythonPeers(cache);
const rows = [];
const notes = [];

progress('Node adapters');
addResults(await measureNode(peers, options.rounds));
if (python === undefined) notes.push('Python was not found: the Python adapters were not measured.');
else {
  progress('Python adapters');
  const given = join(cache, 'bench-events.json');
  writeFileSync(given, JSON.stringify({ events, binary: binaryBody().toString('base64') }));
  const script = join(root, 'bench/adapters/python_subjects.py');
  addResults(JSON.parse(run(python, [script, given, options.rounds], { PYTHONPATH: runtime })));
  progress('imports');
  addImports('python-import', pythonImports(python, runtime, options.rounds), IMPORT_MS);
  const foreign = foreignModules(python, runtime);
  rows.push({
    case: 'python-import/modules beyond the standard library',
    subject: foreign.length,
    baseline: null,
    ratio: null,
    goal: '0',
    ok: foreign.length === 0,
  });
}
addImports('node-import', nodeImports(join(root, 'dist/runtimes/node/adapter.js'), peers, options.rounds));
addSizes();
report('adapters', rows, { json: options.json, notes });

function addResults({ results, failures }) {
  for (const [name, rounds] of Object.entries(results)) {
    const { most, aim } = GOALS[name.split('/')[0]];
    const found = compare(rounds, 'ropeway');
    rows.push({ case: name, unit: 'µs', ...found, goal: `< ${most} (aim ${aim})`, ok: found.ratio < most });
  }
  notes.push(...failures);
}

function addImports(name, rounds, most) {
  const found = compare(rounds, 'ropeway');
  const ok = most === undefined || median(rounds.ropeway) < most;
  rows.push({ case: name, unit: 'ms', ...found, goal: most === undefined ? 'shown' : `< ${most} ms`, ok });
}

/** Installed sizes in KB; a peer with what it depends on is not told apart from the others' dependencies. */
function addSizes() {
  const js = (path) => path.endsWith('.js') && !path.includes(join('node', 'instance'));
  const node = sizeOf(join(root, 'dist/runtimes/node'), js) + sizeOf(join(root, 'dist/events'), js);
  const modules = join(peers, 'node_modules');
  add('node-size', node, {
    'serverless-http': sizeOf(join(modules, 'serverless-http')),
    'serverless-express': sizeOf(join(modules, '@codegenie')),
    'light-my-request': sizeOf(join(modules, 'light-my-request')),
  });
  if (python === undefined) return;
  const site = run(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']).trim();
  const py = (path) => path.endsWith('.py') && !path.includes(`ropeway_runtime${join('/', 'instance')}`);
  add('python-size', sizeOf(join(runtime, 'ropeway_runtime'), py), {
    'apig-wsgi': sizeOf(join(site, 'apig_wsgi'), py),
    mangum: sizeOf(join(site, 'mangum'), py),
    'serverless-wsgi + werkzeug': sizeOf(join(site, 'werkzeug'), py),
  });

  function add(name, ours, others) {
    const [peer, size] = Object.entries(others).sort((a, b) => a[1] - b[1])[0];
    rows.push({
      case: name,
      unit: 'KB',
      subject: ours,
      baseline: size,
      peer,
      ratio: round2(ours / size),
      goal: 'shown',
      ok: true,
      all: { ropeway: ours, ...others },
    });
  }
}

function progress(what) {
  console.error(`… measuring ${what}, ${options.rounds} rounds`);
}

function run(program, args, env = {}) {
  const { status, stdout, stderr } = spawnSync(program, args.map(String), {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${program} ${args[0]}: exit code ${status}\n${stderr}`);
  return stdout;
}
