import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { isWithin } from '../files/walk.ts';
import { readManifest } from './installed.ts';

/** The part of esbuild that is used. */
interface Esbuild {
  version: string;
  build(options: Record<string, unknown>): Promise<{ outputFiles: { contents: Uint8Array }[] }>;
}

/**
 * CommonJS modules in a bundle of ES modules have these; a bundle has no place to import them.
 */
const BANNER = `import { createRequire as __ropewayRequire } from 'node:module';
import { fileURLToPath as __ropewayPath } from 'node:url';
import { dirname as __ropewayFolder } from 'node:path';
const require = __ropewayRequire(import.meta.url);
const __filename = __ropewayPath(import.meta.url);
const __dirname = __ropewayFolder(__filename);`;

/**
 * The main module of an app with all that it imports as one file, which belongs beside the main module.
 * Throws ESBUILD_MISSING, BUNDLE_FAILED.
 */
export async function bundled(
  folder: string,
  file: string,
  external: string[],
): Promise<{ name: string; contents: Buffer }> {
  const esbuild = await loadEsbuild(folder);
  const isModule = isEsModule(folder, file);
  const path = join(folder, file);
  try {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: folder,
      entryPoints: [path],
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node18',
      format: isModule ? 'esm' : 'cjs',
      external,
      keepNames: true,
      legalComments: 'inline',
      logLevel: 'silent',
      ...(isModule ? { banner: { js: BANNER } } : {}),
    });
    const name = `${file.slice(0, -extname(file).length)}.bundle.${isModule ? 'mjs' : 'cjs'}`;
    return { name, contents: Buffer.from(outputFiles[0]!.contents) };
  } catch (error) {
    throw new RopewayError({
      code: 'BUNDLE_FAILED',
      message: `esbuild ${esbuild.version} cannot make one file of ${file}.`,
      detail: errorMessage(error),
      fix: 'pack the packages as they are: --node installed',
      cause: error,
    });
  }
}

/** The version of esbuild that would make the bundle. Throws ESBUILD_MISSING. */
export async function bundlerVersion(folder: string): Promise<string> {
  return (await loadEsbuild(folder)).version;
}

/** The app's own, or one beside Ropeway. */
async function loadEsbuild(folder: string): Promise<Esbuild> {
  for (const start of [folder, packageRoot]) {
    const found = tryResolve(start);
    if (found === undefined) continue;
    const loaded = (await import(pathToFileURL(found).href)) as { default?: Esbuild } & Esbuild;
    return loaded.default ?? loaded;
  }
  throw new RopewayError({
    code: 'ESBUILD_MISSING',
    message: 'A bundle is made by esbuild, which is not installed.',
    fix: 'npm install --save-dev esbuild, or take --node traced',
  });
}

function tryResolve(start: string): string | undefined {
  try {
    return createRequire(join(start, 'package.json')).resolve('esbuild');
  } catch {
    return undefined;
  }
}

function isEsModule(folder: string, file: string): boolean {
  if (/\.[mc][jt]s$/.test(file)) return /\.m[jt]s$/.test(file);
  for (let place = dirname(join(folder, file)); isWithin(place, folder); place = dirname(place)) {
    if (existsSync(join(place, 'package.json')))
      return (readManifest(place) as { type?: string } | undefined)?.type === 'module';
    if (place === folder) break;
  }
  return false;
}
