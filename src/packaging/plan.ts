import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { RopewayError } from '../lib/errors.ts';
import { packageVersion } from '../lib/package-root.ts';
import type { Entry } from '../runtimes/entry.ts';
import { collect } from './files/collect.ts';
import { digestOf, fingerprints } from './files/hash.ts';
import type { PackFile } from './files/pack-file.ts';
import { bundlerVersion } from './node/bundle.ts';
import { type NodePlan, planNode } from './node/plan.ts';
import { askInterpreter, type Interpreter, interpreterFor } from './python/interpreter.ts';
import type { CloudStart } from './function-files/types.ts';
import { cloudStart, serverRequirements } from './function-files/function-files.ts';
import { requirementLines } from './python/requirement-lines.ts';
import { type LayerPlan, planLayer, sourceTexts } from './python/layer.ts';
import { namedTests } from './python/slim.ts';
import { mainFile, relativeEntry } from './relative-entry.ts';
import type { PackageOptions, PythonRequirements, Target } from './types.ts';

/** Counts up when the same sources give another package. */
const FORM = 2;

/** Of what a package will be made; nothing has been written yet. */
export interface Plan {
  /** The app's own files. */
  files: PackFile[];
  /** With paths relative to the package. */
  entry: Entry;
  layer: LayerPlan | undefined;
  /** Compiles the app's own Python files; absent: they are not compiled. */
  compiler: Interpreter | undefined;
  node: NodePlan | undefined;
  notices: string[];
  /** How it starts in a cloud. */
  start: CloudStart | undefined;
  /** Digest of it all. */
  source: string;
}

/**
 * Reads all that decides what a package is. Throws ENTRY_OUTSIDE, ENTRY_LEFT_OUT, INTERPRETER_MISSING, ESBUILD_MISSING,
 * and as `collect`, `planLayer` and `planNode` do.
 */
export async function planPackage(options: PackageOptions): Promise<Plan> {
  const { dir, target, cloud } = options;
  const entry = relativeEntry(options.entry, dir);
  const requirements = withServer(options, cloud === undefined ? [] : serverRequirements(entry, cloud));
  const { files, notices } = collect(options);
  checkMainFile(entry, files, dir);
  const node = entry.runtime === 'python' ? undefined : planNode(options);
  const interpreter = interpreterOf(options);
  const compiler = interpreter && interpreterFor(target, interpreter);
  if (interpreter !== undefined && compiler === undefined) notices.push(notCompiled(target, interpreter));
  const layer =
    interpreter === undefined || requirements === undefined
      ? undefined
      : planLayer({ requirements, interpreter, compiler, target, usedTests: namedTests(sourceTexts(files)) });
  const { name, platform, arch, glibc, python } = target;
  const start = cloud && cloudStart(entry, cloud, target.arch);
  const source = digestOf({
    FORM,
    start,
    interpreter: cloud?.interpreter,
    version: packageVersion(),
    target: [name, platform, arch, glibc, python],
    entry,
    files: fingerprints(files),
    layer: layer?.key,
    compiler: compiler && [compiler.cacheTag, compiler.version],
    node: node && [node.mode, node.install, node.fingerprint],
    bundler: node?.mode === 'bundled' ? await bundlerVersion(dir) : undefined,
  });
  return { files, entry, layer, compiler, node, notices, source, start };
}

/** A server that the app names itself is the one that it gets. */
function withServer(
  { dir, requirements }: PackageOptions,
  servers: string[],
): PythonRequirements | undefined {
  if (servers.length === 0) return requirements;
  const named = requirements === undefined ? [] : requirementLines(requirements).lines;
  const missing = servers.filter(
    (server) => !named.some((line) => new RegExp(`^\\s*${server}\\b`, 'i').test(line)),
  );
  if (missing.length === 0) return requirements;
  const file = requirements?.file ?? join(dir, 'requirements.txt');
  return { file, install: [...named, ...missing] };
}

function interpreterOf({ entry, interpreter }: PackageOptions): Interpreter | undefined {
  if (interpreter !== undefined && entry.runtime !== 'node') return askInterpreter(interpreter);
  if (entry.runtime !== 'python') return undefined;
  throw new RopewayError({
    code: 'INTERPRETER_MISSING',
    message: 'A Python app is packed with its Python, and nobody says which that is.',
    expected: '`interpreter`: absolute path of a Python',
  });
}

function notCompiled({ name, python }: Target, { program }: Interpreter): string {
  return `not compiled ahead: ${name} has Python ${python}, and ${program} is another; the first start takes longer there (a python${python} on the PATH or in pyenv's folder would do it)`;
}

function checkMainFile(entry: Entry, files: PackFile[], dir: string): void {
  const main = mainFile(entry);
  if (main === undefined || files.some(({ path }) => path === main)) return;
  const exists = existsSync(join(dir, main));
  throw new RopewayError({
    code: 'ENTRY_LEFT_OUT',
    message: exists
      ? `A rule leaves the main file of the app out: ${main}`
      : `The main file of the app does not exist: ${main}`,
    fix: exists
      ? `take it in: --include ${main}, or mend the pattern in .ropewayignore`
      : 'build the app first, if it is what a build makes',
  });
}
