import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { packageRoot } from '../../lib/package-root.ts';
import { pythonFrameworks } from '../list.ts';
import type { DetectedApp } from '../types.ts';
import { scriptApp } from './candidate.ts';
import type { FileFacts, Scan } from './facts.ts';

const TIMEOUT_MS = 10_000;

/** Calls that start a server, by the last part of their name. */
const SERVER_CALL = /(^|\.)(run|serve|serve_forever|run_simple|start)$/;
/** A script that imports none of these starts no web server. */
const WEB_MODULES =
  /^(flask|quart|uvicorn|hypercorn|waitress|bottle|wsgiref|werkzeug|cheroot|cherrypy|gevent|fastapi|starlette|gunicorn|falcon|sanic|dash)(\.|$)/;

export interface TrialResult {
  apps: DetectedApp[];
  /** `run.py: ended with …` */
  problems: string[];
}

/**
 * Runs the scripts that seem to start a server, each in a process of its own, without network, with an empty
 * HOME, for 10 seconds at most; those whose server call was reached are apps.
 */
export async function appsFromTrial(dir: string, python: string, scan: Scan): Promise<TrialResult> {
  const result: TrialResult = { apps: [], problems: [] };
  for (const facts of scan.files.values()) {
    const call = facts.runs.findLast(({ callee }) => SERVER_CALL.test(callee));
    if (call === undefined || !facts.modules.some((name) => WEB_MODULES.test(name))) continue;
    const outcome = await tryScript(dir, python, facts);
    const app = (title: string, id: string): DetectedApp => scriptApp(dir, facts, call, title, id);
    if (outcome.app !== undefined)
      result.apps.push(app(...titleOf(outcome.app, outcome.interface ?? 'wsgi')));
    // What is not installed yet cannot be tried, but it can be installed.
    else if (outcome.missing !== undefined && WEB_MODULES.test(outcome.missing))
      result.apps.push(app('Python script', outcome.missing));
    else
      result.problems.push(
        `${facts.file}:${call.line}: ${outcome.error ?? `needs the module ${outcome.missing}`}`,
      );
  }
  return result;
}

interface Outcome {
  app?: string;
  interface?: string;
  missing?: string;
  error?: string;
}

function titleOf(type: string, kind: string): [title: string, id: string] {
  const known = pythonFrameworks.find(({ constructors }) =>
    constructors.some((name) => name.split('.')[0] === type.split('.')[0]),
  );
  return known === undefined ? [`${kind.toUpperCase()} app`, kind] : [known.title, known.id];
}

async function tryScript(dir: string, python: string, facts: FileFacts): Promise<Outcome> {
  const home = await mkdtemp(join(tmpdir(), 'ropeway-trial-'));
  try {
    return await runTrial(dir, python, facts, home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function runTrial(dir: string, python: string, facts: FileFacts, home: string): Promise<Outcome> {
  const runtime = join(packageRoot, 'src/runtimes/python');
  const trial = join(packageRoot, 'src/frameworks/python/trial.py');
  return new Promise((resolve) => {
    const child = spawn(python, [trial, runtime, join(dir, facts.file), dir], {
      cwd: dir,
      detached: true,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        TMPDIR: home,
        PYTHONDONTWRITEBYTECODE: '1',
        LANG: 'C.UTF-8',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    let [answer, stderr] = ['', ''];
    const kill = (): void => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    };
    const timer = setTimeout(() => {
      stderr += `\ndid not start a server within ${TIMEOUT_MS / 1000} s`;
      kill();
    }, TIMEOUT_MS);
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    (child.stdio[3] as Readable).on('data', (chunk: Buffer) => (answer += chunk.toString()));
    child.on('error', (error) => resolve({ error: error.message }));
    child.on('exit', kill);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (answer !== '') resolve(JSON.parse(answer) as Outcome);
      else resolve({ error: stderr.trim().split('\n').at(-1) || `ended with exit code ${code}` });
    });
  });
}
