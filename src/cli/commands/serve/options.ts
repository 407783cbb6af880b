import { readFileSync } from 'node:fs';

import { errorMessage, RopewayError } from '../../../lib/errors.ts';
import type { ControlAddress } from '../../../platform/control/control.ts';
import type { AppOptions } from '../../apps/options.ts';
import { isLoopback } from '../../../lib/loopback.ts';

/** The command line of `ropeway serve` as parsed. */
export interface ServeOptions extends AppOptions {
  port: number;
  host: string;
  state?: string;
  control?: string;
  tokenFile?: string;
  /** `aws,tencent:4600` */
  emulate?: string;
  instances: number;
  drain: number;
  accessLog?: string;
  quiet: boolean;
}

/** Bytes under which a token could be guessed. */
const LEAST_TOKEN = 16;

/** Token of the control API from its file or `$ROPEWAY_TOKEN`; undefined without. Throws TOKEN. */
export function readToken(options: ServeOptions): string | undefined {
  const token =
    options.tokenFile === undefined ? process.env.ROPEWAY_TOKEN : readTokenFile(options.tokenFile);
  if (token === undefined || token === '') return undefined;
  if (token.length >= LEAST_TOKEN && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new RopewayError({
    code: 'TOKEN',
    message: 'This is no good token.',
    expected: `at least ${LEAST_TOKEN} printable characters without spaces`,
    got: `${token.length} characters`,
    fix: 'make one: openssl rand -hex 24',
  });
}

/** The address of `--control`: a port, or host:port. Throws CONTROL_ADDRESS, TOKEN_NEEDED. */
export function controlAddress(
  { control }: ServeOptions,
  token: string | undefined,
): Extract<ControlAddress, { port: number }> | undefined {
  if (control === undefined) return undefined;
  const parts = /^(?:(\[[0-9a-f:.]+\]|[\w.-]+):)?(\d{1,5})$/i.exec(control);
  const port = Number(parts?.[2]);
  if (parts === null || port > 65_535) {
    throw new RopewayError({
      code: 'CONTROL_ADDRESS',
      message: '--control has no address.',
      expected: 'a port, or host:port',
      got: control,
    });
  }
  const host = (parts[1] ?? '127.0.0.1').replace(/^\[|\]$/g, '');
  if (!isLoopback(host) && token === undefined) {
    throw new RopewayError({
      code: 'TOKEN_NEEDED',
      message: 'Whoever reaches the control API can run code, so off this machine it needs a token.',
      got: `--control ${control} without a token`,
      fix: 'openssl rand -hex 24 > token && chmod 600 token, then --token-file token; or leave the host out',
    });
  }
  return { host, port };
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new RopewayError({
      code: 'TOKEN',
      message: `The file of --token-file cannot be read: ${errorMessage(error)}`,
      cause: error,
    });
  }
}
