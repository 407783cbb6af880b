import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { AppWish, BuiltApp, FolderWish, FoundApp } from '../../components/types.ts';
import { detectApp } from '../../frameworks/detect.ts';
import { baseInterpreter } from '../../frameworks/python/base-interpreter.ts';
import { readRequiresPython, type RequiresPython } from '../../frameworks/preparation/requires-python.ts';
import type { DetectedApp } from '../../frameworks/types.ts';
import { RopewayError } from '../../lib/errors.ts';
import { buildPackage } from '../../packaging/build.ts';
import { chooseCloud } from '../../packaging/function-files/choose-cloud.ts';
import { packFolder } from '../../packaging/folder.ts';
import { checkLimits } from '../../packaging/limits.ts';
import { sourceDigest } from '../../packaging/source-digest.ts';
import { targetOf } from '../../packaging/targets.ts';
import type { PackageOptions } from '../../packaging/types.ts';
import type { PackageFile } from '../../providers/types.ts';
import type { Entry } from '../../runtimes/entry.ts';
import { appAmbiguous, appNotFound } from '../apps/find-app.ts';
import { evidenceLine } from '../apps/output.ts';
import { pythonNeeds } from '../apps/python-needs.ts';
import { handlerEntry } from './handler-entry.ts';
import { noteUse, packagesFolder } from './packages-folder.ts';
import type { WorkshopOptions } from './workshop.ts';

/** Finds the app of a folder, its Python, and what its package would be made of. */
export async function findForDeployment(wish: AppWish, options: WorkshopOptions): Promise<FoundApp> {
  const found = { wish, ...(await find(wish)) };
  const { interpreter, ...packing } = await packageOptions(found, options);
  const source = await sourceDigest({ ...packing, ...(interpreter === undefined ? {} : { interpreter }) });
  return { ...found, ...(interpreter === undefined ? {} : { interpreter }), source };
}

/** Packs an app, unless the same was packed before. */
export async function buildForDeployment(app: FoundApp, options: WorkshopOptions): Promise<BuiltApp> {
  // What was chosen for its cloud was told when it was found.
  const wish = {
    ...(await packageOptions(app, { ...options, onNote: () => undefined })),
    onNotice: options.onNote,
  };
  const packed = await buildPackage(wish);
  await checkLimits(packed, wish.target);
  const { code, layer, entry, source, cloud } = packed;
  const note = join(packagesFolder(options.root), `${source}.json`);
  noteUse([note, code.file, ...(layer === undefined ? [] : [layer.file])]);
  return {
    entry,
    code,
    layers: layer === undefined ? [] : [layer],
    ...(app.interpreter === undefined ? {} : { interpreter: baseInterpreter(app.interpreter) }),
    ...(cloud === undefined ? {} : { cloud }),
  };
}

/** Packs a folder's files as they are. */
export async function packForDeployment(
  wish: FolderWish,
  { root, onNote, signal }: WorkshopOptions,
): Promise<PackageFile> {
  const packed = await packFolder({ ...wish, outFolder: packagesFolder(root), onNotice: onNote, signal });
  noteUse([packed.file]);
  return packed;
}

async function packageOptions(
  { wish, entry }: Pick<FoundApp, 'wish' | 'entry'>,
  { root, target, onNote, onInstallerLine, signal }: WorkshopOptions,
): Promise<PackageOptions> {
  const needed = await pythonNeeds(wish.dir, entry);
  return {
    dir: wish.dir,
    entry,
    ...targetFor(
      { target, onNote },
      wish,
      entry,
      needed.interpreter,
      await readRequiresPython([...new Set([wish.dir, entry.root])]),
    ),
    ...needed,
    exclude: wish.exclude,
    // As the old components had it: meant from the folder of the file.
    include: wish.include.map((path) => resolve(root, path)),
    ...(wish.node === undefined ? {} : { node: wish.node }),
    outFolder: packagesFolder(root),
    onNotice: onNote,
    onLine: onInstallerLine,
    signal,
  };
}

/** This machine, or a cloud with what starts the app there. */
function targetFor(
  { target, onNote }: Pick<WorkshopOptions, 'target' | 'onNote'>,
  { cloud: wish }: AppWish,
  entry: Entry,
  interpreter: string | undefined,
  requires: RequiresPython | undefined,
): Pick<PackageOptions, 'target' | 'cloud'> {
  if (target === 'local' || wish === undefined) return { target: targetOf({ name: 'local' }) };
  const { arch, stream, eventFormat: _, ...rest } = wish;
  const { notes, ...chosen } = chooseCloud({
    cloud: target,
    entry,
    wish: target === 'aws' && stream ? { ...rest, stream } : rest,
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(arch === undefined ? {} : { arch }),
    ...(requires === undefined ? {} : { requires }),
  });
  notes.forEach(onNote);
  return chosen;
}

async function find({
  dir,
  app,
  start,
  handler,
}: AppWish): Promise<{ entry: Entry; title: string; framework: string }> {
  if (handler !== undefined)
    return { entry: handlerEntry(dir, handler), title: `handler ${handler}`, framework: 'handler' };
  const detection = await detectApp(dir, {
    ...(app === undefined ? {} : { app }),
    ...(start === undefined ? {} : { start }),
  });
  if (detection.kind === 'none') throw appNotFound(dir, detection, NAME_IT);
  if (detection.kind === 'ambiguous') throw appAmbiguous(detection.candidates, CHOOSE);
  const { entry, framework, build } = detection.app;
  if (build !== undefined && entry.runtime === 'node') mustBeBuilt(detection.app, build);
  return { entry, framework, title: evidenceLine(detection.app) };
}

/** What is deployed is what the build makes; it is the file's to say when that is done. */
function mustBeBuilt({ entry, selector }: DetectedApp, build: string): void {
  if (entry.runtime !== 'node' || existsSync(entry.file)) return;
  throw new RopewayError({
    code: 'BUILD_NEEDED',
    message: `${selector} does not exist yet; it is what the build makes.`,
    fix: `run it before: ${build}; or let the file do it: \`hooks: {before: ${build}}\` beside \`inputs\``,
  });
}

const CHOOSE = (selector: string): string =>
  `choose one: \`app: ${selector}\` in ropeway.yml, or in the component's inputs`;

const NAME_IT =
  'name it: `app: module:attribute` (Python), `app: server.js` (Node), or `start: command` for anything that listens on PORT';
