import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { cacheFolder } from '../../lib/cache-folder.ts';
import { RopewayError, systemCode } from '../../lib/errors.ts';

/**
 * Folder of the package in the cache, where it is installed with its dependencies when it is not there yet; no install scripts
 * run. What is there is whole: it is installed aside and moved. Throws COMPONENT_NOT_FOUND, BAD_VERSION, INSTALL_FAILED.
 */
export async function installComponent(name: string, version: string): Promise<string> {
  const folder = join(cacheFolder(), 'components', `${name}@${version}`);
  const installed = join(folder, 'node_modules', name);
  if (existsSync(installed)) return installed;
  await mkdir(dirname(folder), { recursive: true });
  const aside = await mkdtemp(`${folder}.`);
  try {
    // Without one, npm would install into the nearest folder above that has one.
    await writeFile(join(aside, 'package.json'), '{"private":true}\n');
    await npmInstall(aside, name, version);
    await moveInto(aside, folder, installed);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return installed;
}

/** Another run may have been faster: theirs is as good, unless somebody has taken pieces out of it. */
async function moveInto(aside: string, folder: string, installed: string): Promise<void> {
  if (existsSync(folder) && !existsSync(installed)) await rm(folder, { recursive: true, force: true });
  try {
    await rename(aside, folder);
  } catch (error) {
    if (!existsSync(installed)) throw error;
  }
}

async function npmInstall(prefix: string, name: string, version: string): Promise<void> {
  const isWindows = process.platform === 'win32';
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', prefix];
  const printed = await new Promise<string | undefined>((resolve) => {
    const args = ['install', ...options, `${name}@${version}`];
    execFile(
      isWindows ? 'npm.cmd' : 'npm',
      args,
      { cwd: prefix, shell: isWindows, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve(error === null ? undefined : `${stdout}${stderr}${systemCode(error) ?? ''}`);
      },
    );
  });
  if (printed !== undefined) throw installError(name, version, printed);
}

/** What npm printed, as an error. */
export function installError(name: string, version: string, printed: string): RopewayError {
  if (/\bETARGET\b/.test(printed)) {
    return new RopewayError({
      code: 'BAD_VERSION',
      message: `${name} has no version ${version}.`,
      fix: `npm view ${name} versions shows which there are`,
    });
  }
  if (/\bE404\b/.test(printed)) {
    return new RopewayError({
      code: 'COMPONENT_NOT_FOUND',
      message: `The registry has no package ${name}.`,
      fix: 'mend the name, or give the folder of the component',
    });
  }
  if (/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/.test(printed)) {
    return new RopewayError({
      code: 'INSTALL_FAILED',
      message: `The registry cannot be reached to install ${name}@${version}.`,
      fix: 'try again with a network, or install the package into the project and name it without npm:',
    });
  }
  return new RopewayError({
    code: 'INSTALL_FAILED',
    message: `npm could not install ${name}@${version}.`,
    detail:
      /\bENOENT\b/.test(printed) && printed.trim() === 'ENOENT'
        ? 'npm was not found on the PATH.'
        : printed.trim(),
    fix: 'run npm install by hand to see why',
  });
}
