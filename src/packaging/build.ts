import { join } from 'node:path';

import { RopewayError } from '../lib/errors.ts';
import type { Entry } from '../runtimes/entry.ts';
import type { PackFile } from './files/pack-file.ts';
import { functionFiles } from './function-files/function-files.ts';
import { readFinished, writeFinished } from './finished.ts';
import { bundled } from './node/bundle.ts';
import { installedBeside } from './node/install.ts';
import type { Layout } from './node/layout.ts';
import { neededByOptions, withoutCompilers } from './node/node-options.ts';
import { packageFiles } from './node/package-files.ts';
import type { NodePlan } from './node/plan.ts';
import { traced } from './node/trace.ts';
import { type Plan, planPackage } from './plan.ts';
import { compiled } from './python/compile.ts';
import { makeLayer } from './python/layer.ts';
import { sourceDigest } from './source-digest.ts';
import type { Package, PackageOptions, PackedZip } from './types.ts';
import { writeZip } from './zip/zip.ts';

/**
 * Packs an app for a target: `<source>.zip`, for Python apps `layer-….zip`, and the note `<source>.json` that makes
 * them a package; one that is there already is taken as it is. The folder of the app stays as it is.
 * Throws ENTRY_OUTSIDE, ENTRY_LEFT_OUT, LINK_OUTSIDE, INCLUDE_MISSING, SAME_NAME, BAD_FILE_NAME, BAD_PATTERN, OUT_FOLDER,
 * FILE_UNREADABLE, TOO_MANY_FILES, NOT_WRITTEN, SOURCE_CHANGED; for Python NO_WHEEL, INSTALL_FAILED, PIP_MISSING,
 * REQUIREMENTS_UNREADABLE; for Node NATIVE_PACKAGE, NOT_INSTALLED, INSTALL_FAILED, NODE_PNP, ESBUILD_MISSING, BUNDLE_FAILED.
 */
export async function buildPackage(options: PackageOptions): Promise<Package> {
  const { outFolder, signal } = options;
  signal?.throwIfAborted();
  const plan = await planPackage(options);
  for (const notice of plan.notices) options.onNotice(notice);
  const finished = readFinished(outFolder, plan.source);
  if (finished !== undefined) return finished;
  const layer = plan.layer && (await makeLayer(plan.layer, options));
  const { code, entry } = await makeCode(plan, options);
  if ((await sourceDigest(options)) !== plan.source) throw sourceChanged();
  const made = {
    code,
    ...(layer === undefined ? {} : { layer }),
    entry,
    ...(plan.start === undefined ? {} : { cloud: plan.start }),
    source: plan.source,
  };
  writeFinished(outFolder, made);
  return made;
}

interface Code {
  code: PackedZip;
  entry: Entry;
}

async function makeCode(plan: Plan, options: PackageOptions): Promise<Code> {
  const { files, entry, compiler, node } = plan;
  const target = join(options.outFolder, `${plan.source}.zip`);
  const { signal } = options;
  if (node === undefined) {
    const sources = withFunctionFiles(files, entry, options);
    const caches = compiler === undefined ? [] : await compiled(sources, compiler, signal);
    const all = [...sources, ...withoutTwins(caches, sources)];
    return { code: await writeZip(all, target, signal), entry };
  }
  const pack = async (layout: Layout, folder: string): Promise<Code> => {
    const made = await nodeFiles(plan, node, layout, folder, options);
    const all = withFunctionFiles(made.files, made.entry, options);
    return { code: await writeZip(all, target, signal), entry: made.entry };
  };
  return node.install === undefined
    ? pack(node.layout, options.dir)
    : installedBeside(files, node, options, pack);
}

/** With what starts it in a cloud. */
function withFunctionFiles(files: PackFile[], entry: Entry, { cloud }: PackageOptions): PackFile[] {
  return cloud === undefined ? files : [...files, ...functionFiles(entry, cloud, files)];
}

/** The app's own files and those of its packages. `folder`: where both are, or are copied. */
async function nodeFiles(
  { files, entry }: Plan,
  { mode }: NodePlan,
  layout: Layout,
  folder: string,
  { target, onNotice }: PackageOptions,
): Promise<{ files: PackFile[]; entry: Entry }> {
  if (layout.missingBelow.length > 0)
    onNotice(`not installed, though packages name them: ${layout.missingBelow.join(', ')}`);
  const packages = packageFiles(layout, target);
  for (const notice of packages.notices) onNotice(notice);
  if (mode === 'traced')
    return { files: [...files, ...withoutTwins(await traced(folder, files, packages.files), files)], entry };
  const all = [...files, ...withoutTwins(packages.files, files)];
  if (mode === 'installed' || entry.runtime !== 'node') return { files: all, entry };
  const nodeOptions = withoutCompilers(entry.nodeOptions);
  const { name, contents } = await bundled(folder, entry.file, neededByOptions(nodeOptions, true));
  const bundle = { path: name, source: contents, size: contents.length, executable: false };
  return {
    files: [...all.filter(({ path }) => path !== name), bundle],
    entry: { ...entry, file: name, nodeOptions },
  };
}

/** What `include` has taken in already is not taken in twice. */
function withoutTwins(files: PackFile[], own: PackFile[]): PackFile[] {
  const paths = new Set(own.map(({ path }) => path));
  return files.filter(({ path }) => !paths.has(path));
}

function sourceChanged(): RopewayError {
  return new RopewayError({
    code: 'SOURCE_CHANGED',
    message: 'The app changed while it was being packed.',
    fix: 'run the command again when nothing writes to its folder',
  });
}
