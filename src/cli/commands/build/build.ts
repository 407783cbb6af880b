import { join, resolve } from 'node:path';

import type { RopewayConfig } from '../../../config/load.ts';
import { readRequiresPython, type RequiresPython } from '../../../frameworks/preparation/requires-python.ts';
import type { DetectedApp } from '../../../frameworks/types.ts';
import { RopewayError } from '../../../lib/errors.ts';
import { buildPackage } from '../../../packaging/build.ts';
import { chooseCloud, type CloudChoice } from '../../../packaging/function-files/choose-cloud.ts';
import { checkLimits } from '../../../packaging/limits.ts';
import { askInterpreter, interpreterFor } from '../../../packaging/python/interpreter.ts';
import { sizeReport } from '../../../packaging/sizes.ts';
import { targetOf } from '../../../packaging/targets.ts';
import type { Package, PackageOptions } from '../../../packaging/types.ts';
import { makeStateFolder } from '../../../platform/records.ts';
import type { FunctionSpec } from '../../../platform/types.ts';
import { appConfig } from '../../apps/app-config.ts';
import { appFolder } from '../../apps/app-folder.ts';
import { bootCheck, type Booted, whyNotHere } from '../../apps/boot-check.ts';
import { readEnvironment } from '../../apps/environment.ts';
import { findApp } from '../../apps/find-app.ts';
import { functionSpec } from '../../apps/function-spec.ts';
import { createOutput, type Output } from '../../apps/output.ts';
import { pythonNeeds } from '../../apps/python-needs.ts';
import { prepareApp } from '../../apps/prepare-app.ts';
import { stopSignal } from '../../stop-signal.ts';
import { appOptions, type BuildOptions } from './options.ts';
import { createReport, type Sizes } from './report.ts';

/** Packs the app of a folder, and starts the package. Throws as `buildPackage`, `checkLimits` and `bootCheck` do. */
export async function build(folder: string, options: BuildOptions): Promise<void> {
  const dir = appFolder(folder, 'build');
  const output = createOutput(options.json);
  const config = await appConfig(dir);
  const asApp = appOptions(options);
  const env = { ...config.env, ...readEnvironment(asApp) };
  const app = await findApp(dir, asApp, config, output);
  const interpreter = await prepareApp(dir, app, asApp, output);
  const needed = await pythonNeeds(dir, app.entry, interpreter);
  const spec = functionSpec({ dir, app, interpreter, options: asApp, config, env, cold: 'fresh' });
  const chosen = chosenTarget(
    options,
    config,
    app,
    needed.interpreter,
    await readRequiresPython([...new Set([dir, app.entry.root])]),
  );
  const { target } = chosen;
  for (const note of chosen.notes) output.notice(note);
  const wish = { ...packageOptions({ dir, app, chosen, options, config, output }), ...needed };
  const report = createReport(options.json);

  const made = await buildAndTry(wish, spec, options.boot, output);
  report.built(made.packed, target.name);
  if (options.size) report.sizes(await sizesOf(made.packed));
  await checkLimits(made.packed, target);
  if (made.booted !== undefined) report.booted(made.booted);
}

interface Made {
  packed: Package;
  booted?: Booted;
}

/** A package of only a part of what is installed may lack something that is loaded by name: then all is packed. */
async function buildAndTry(
  wish: PackageOptions,
  spec: FunctionSpec,
  isTried: boolean,
  output: Output,
): Promise<Made> {
  try {
    const packed = await buildPackage(wish);
    if (!isTried) return { packed };
    const why = await whyNotHere(packed, wish.target, wish.interpreter);
    if (why === undefined) return { packed, booted: await bootCheck(packed, bootSpec(spec, wish)) };
    output.notice(`the package was not started: ${why}`);
    return { packed };
  } catch (error) {
    if (!isPart(wish) || !(error instanceof RopewayError) || !TOO_SLIM.has(error.code)) throw error;
    output.notice(`all packages are packed, since --node ${wish.node} does not do: ${error.message}`);
    for (const line of (error.detail ?? '').split('\n', SHOWN_LINES)) output.preparingLine(line);
    return buildAndTry({ ...wish, node: 'installed' }, spec, isTried, output);
  }
}

/** What may go well with all packages. */
const TOO_SLIM = new Set(['BOOT_FAILED', 'BUNDLE_FAILED']);
const SHOWN_LINES = 5;

function isPart({ node }: PackageOptions): boolean {
  return node === 'traced' || node === 'bundled';
}

/** With a Python of the target's version. */
function bootSpec(spec: FunctionSpec, { target, interpreter }: PackageOptions): FunctionSpec {
  if (interpreter === undefined) return spec;
  const other = interpreterFor(target, askInterpreter(interpreter));
  return other === undefined ? spec : { ...spec, interpreter: other.program };
}

async function sizesOf({ code, layer }: Package): Promise<Sizes> {
  return {
    code: await sizeReport(code.file),
    ...(layer === undefined ? {} : { layer: await sizeReport(layer.file, 'layer') }),
  };
}

/** For which machine; in a cloud with what starts the app there. */
type Chosen = Pick<CloudChoice, 'target' | 'notes'> & Partial<Pick<CloudChoice, 'cloud'>>;

function chosenTarget(
  options: BuildOptions,
  config: RopewayConfig,
  { entry }: DetectedApp,
  interpreter: string | undefined,
  requires: RequiresPython | undefined,
): Chosen {
  const runtime = options.runtime ?? config.runtime;
  const name = options.target ?? config.target ?? 'local';
  if (name === 'local') return { target: targetOf({ name }), notes: [] };
  return chooseCloud({
    cloud: name,
    entry,
    wish: {
      ...(options.type === undefined ? {} : { type: options.type }),
      ...(runtime === undefined ? {} : { runtime }),
    },
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(options.arch === undefined ? {} : { arch: options.arch }),
    ...(requires === undefined ? {} : { requires }),
  });
}

interface PackageParts {
  dir: string;
  app: DetectedApp;
  chosen: Chosen;
  options: BuildOptions;
  config: RopewayConfig;
  output: Output;
}

function packageOptions({ dir, app, chosen, options, config, output }: PackageParts): PackageOptions {
  const { target, cloud } = chosen;
  const stopping = new AbortController();
  void stopSignal().then(() => stopping.abort(stopped()));
  return {
    dir,
    entry: app.entry,
    target,
    ...(cloud === undefined ? {} : { cloud }),
    include: [...(config.include ?? []), ...options.include],
    exclude: [...(config.exclude ?? []), ...options.exclude],
    ...(options.node === undefined ? {} : { node: options.node }),
    outFolder: options.out === undefined ? join(makeStateFolder(dir), 'packages') : resolve(options.out),
    onNotice: output.notice,
    onLine: output.preparingLine,
    signal: stopping.signal,
  };
}

function stopped(): RopewayError {
  return new RopewayError({ code: 'STOPPED', message: 'The build was stopped; nothing half made is left.' });
}
