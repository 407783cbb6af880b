// Import times in fresh processes, interleaved, and installed sizes.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** {subject: ms per round} of importing a Python adapter and making a handler of an app. */
export function pythonImports(python, runtime, rounds) {
  const app = 'def app(environ, start_response): pass\n';
  const code = {
    ropeway: 'from ropeway_runtime import handler; handler(app)',
    'apig-wsgi': 'from apig_wsgi import make_lambda_handler; make_lambda_handler(app)',
    'serverless-wsgi': 'import serverless_wsgi',
    mangum: 'from mangum import Mangum; Mangum(app, lifespan="off")',
  };
  return interleave(code, rounds, (text) =>
    run(python, [
      '-c',
      `import sys, time\n${app}sys.path.insert(0, ${JSON.stringify(runtime)})\n` +
        `start = time.perf_counter()\n${text}\nprint((time.perf_counter() - start) * 1000)`,
    ]),
  );
}

/** Modules beyond the standard library that our Python adapter loads. */
export function foreignModules(python, runtime) {
  const code =
    `import sys\nsys.path.insert(0, ${JSON.stringify(runtime)})\nbefore = set(sys.modules)\n` +
    'from ropeway_runtime import handler\nhandler(lambda environ, start_response: None)\n' +
    'new = {name.partition(".")[0] for name in set(sys.modules) - before}\n' +
    'print(" ".join(sorted(new - set(sys.stdlib_module_names) - {"ropeway_runtime"})))';
  return run(python, ['-c', code]).split(' ').filter(Boolean);
}

/** {subject: ms per round} of importing a Node adapter. */
export function nodeImports(adapter, peers, rounds) {
  const from = (name) =>
    `require('module').createRequire(${JSON.stringify(join(peers, 'x.js'))})(${JSON.stringify(name)})`;
  const code = {
    ropeway: `await import(${JSON.stringify(pathToFileURL(adapter).href)})`,
    'serverless-express': from('@codegenie/serverless-express'),
    'serverless-http': from('serverless-http'),
    'aws-lambda-fastify': from('@fastify/aws-lambda'),
    'light-my-request': from('light-my-request'),
  };
  return interleave(code, rounds, (text) =>
    run(process.execPath, [
      '-e',
      `(async () => { const start = performance.now(); ${text}; console.log(performance.now() - start); })()`,
    ]),
  );
}

/** KB of the files under a folder that `counts` accepts. */
export function sizeOf(folder, counts = () => true) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && counts(path)) bytes += statSync(path).size;
  }
  return Math.round(bytes / 1024);
}

function interleave(code, rounds, measure) {
  const names = Object.keys(code);
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      figures[name].push(Number(measure(code[name])));
    }
  }
  return figures;
}

function run(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args[0]}: ${stderr}`);
  return stdout.trim();
}
