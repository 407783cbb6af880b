import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';

import { systemCode } from '../../lib/errors.ts';
import type { CustomEntry } from '../../runtimes/entry.ts';
import { InvocationError } from '../errors.ts';

/** Where the clouds have the package. */
const CLOUD_ROOT = { lambda: '/var/task', scf: '/var/user' };
const WORDS: Record<string, string> = {
  EACCES: 'permission denied',
  ENOENT: 'no such file or directory',
  ENOEXEC: 'exec format error',
};

/** Throws INIT_FAILED, in the cloud's words, for a program that is not there, or that only a shell would take for one. */
export function checkEntrypoint({ api, file }: CustomEntry): void {
  const name = basename(file);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw invalid(
      api === 'lambda'
        ? `Couldn't find valid bootstrap(s): [/var/task/${name} /opt/${name}]`
        : `fork/exec ${CLOUD_ROOT.scf}/${name}: ${WORDS['ENOENT']}`,
    );
  }
  if (!isProgram(file)) throw invalid(`fork/exec ${CLOUD_ROOT[api]}/${name}: ${WORDS['ENOEXEC']}`);
}

/** The same for what the system has refused to start: it may not be executed, or its first line names an interpreter that is not there. */
export function entrypointError(
  { api, file }: CustomEntry,
  error: Error | undefined,
): InvocationError | undefined {
  if (error === undefined) return undefined;
  const code = systemCode(error) ?? '';
  const words = WORDS[code] ?? error.message;
  return invalid(`fork/exec ${CLOUD_ROOT[api]}/${basename(file)}: ${words}${HINTS[code] ?? ''}`);
}

const HINTS: Record<string, string> = {
  EACCES: ' (chmod 755 it before it is packed)',
  ENOENT:
    ' (its first line names an interpreter that is not there; a line end of Windows counts as part of the name)',
};

/** With `#!`, or binary: the C library would give anything else to /bin/sh, which the clouds do not. */
function isProgram(file: string): boolean {
  const head = Buffer.alloc(256);
  const opened = openSync(file, 'r');
  try {
    const bytes = readSync(opened, head, 0, head.length, 0);
    return head.subarray(0, 2).toString() === '#!' || head.subarray(0, bytes).includes(0);
  } finally {
    closeSync(opened);
  }
}

function invalid(message: string): InvocationError {
  const type = 'Runtime.InvalidEntrypoint';
  return new InvocationError('INIT_FAILED', message, { type, message, traceback: '' });
}
