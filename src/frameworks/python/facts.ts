import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { packageRoot } from '../../lib/package-root.ts';

/** What scan.py says of one file. Names are qualified: `flask.Flask`; `.app` is a name of the file itself. */
export interface FileFacts {
  file: string;
  assigns: Assign[];
  functions: FunctionFact[];
  reexports: (Place & { name: string; target: string })[];
  /** What other apps mount or dispatch to. */
  mounted: string[];
  /** Calls that may start a server. */
  runs: (Place & { callee: string })[];
  /** Imported modules as written, relative ones with their dots. */
  modules: string[];
  /** `os.environ.setdefault('DJANGO_SETTINGS_MODULE', …)` */
  settings: (Place & { module: string }) | null;
}

export interface Place {
  line: number;
  text: string;
}

export interface Assign extends Place {
  name: string;
  callee: string | null;
  args: string[];
  constant: string | null;
  alias: string | null;
}

export interface FunctionFact extends Place {
  name: string;
  isAsync: boolean;
  params: string[];
  /** Parameters without a default. */
  required: number;
  returns: string[];
}

export interface Scan {
  files: Map<string, FileFacts>;
  /** `app.py:3: SyntaxError: …` */
  problems: string[];
}

/** Reads the syntax trees of these files (relative to `dir`). Throws SCAN_FAILED. */
export async function scanFiles(dir: string, python: string, files: string[]): Promise<Scan> {
  const output = await runPython(
    python,
    ['-I', '-S', join(packageRoot, 'src/frameworks/python/scan.py'), dir],
    files.join('\n'),
  );
  const facts = JSON.parse(output) as (FileFacts & { error?: { line: number; message: string } })[];
  const scan: Scan = { files: new Map(), problems: [] };
  for (const one of facts) {
    if (one.error === undefined) scan.files.set(one.file, one);
    else scan.problems.push(`${one.file}:${one.error.line}: ${one.error.message}`);
  }
  return scan;
}

/** What a script of ours prints. Throws SCAN_FAILED. */
export function runPython(command: string, args: string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', (error) => reject(failed(command, error.message)));
    child.on('close', (code) => (code === 0 ? resolve(stdout) : reject(failed(command, stderr))));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function failed(command: string, detail: string): RopewayError {
  return new RopewayError({
    code: 'SCAN_FAILED',
    fault: 'system',
    message: `The app's files could not be read with ${command}.`,
    detail: detail.trim(),
    expected: 'Python 3.8 or newer',
  });
}
