import { createHmac } from 'node:crypto';
import { join } from 'node:path';

import { isSameSecret } from '../../../lib/same-secret.ts';
import type { ApiAnswer } from '../../server.ts';
import type { TencentContext, TencentHttpService } from '../context.ts';
import { openZips } from './zips.ts';

const PATH = '/.scf/packages/';
/** As long as the cloud's addresses hold. */
const HOLDS_MS = 10 * 60_000;

/** Packages of functions and layers, at addresses that hold for ten minutes. */
export function openDownloads(context: TencentContext): TencentHttpService {
  const zips = openZips({ folder: zipFolder(context), platform: context.platform, named: () => [] });
  return {
    name: 'downloads',
    takes: ({ path }) => path.startsWith(PATH),
    handle: async ({ path, query }) => {
      const [digest = ''] = path.slice(PATH.length).split('.zip');
      const given = new URLSearchParams(query);
      const expires = given.get('expires') ?? '';
      const isGood =
        isSameSecret(given.get('sign') ?? '', signatureOf(context, digest, expires)) &&
        Number(expires) > context.now();
      if (!isGood) return refusal(403, 'AccessDenied', 'The address is wrong, or its time is over.');
      const zip = await zips.read(digest);
      if (zip === undefined) return refusal(404, 'NoSuchKey', 'The package is gone.');
      return { status: 200, headers: { 'content-type': 'application/zip' }, body: zip };
    },
  };
}

export function zipFolder({ folder }: TencentContext): string {
  return join(folder, 'scf-packages');
}

/** An address that gives a package out for a while. */
export function downloadUrl(context: TencentContext, digest: string): string {
  const expires = String(context.now() + HOLDS_MS);
  const sign = signatureOf(context, digest, expires);
  return `${context.baseUrl()}${PATH}${digest}.zip?${new URLSearchParams({ expires, sign }).toString()}`;
}

function signatureOf({ keys }: TencentContext, digest: string, expires: string): string {
  return createHmac('sha256', keys.secret).update(`${digest}\n${expires}`).digest('hex');
}

function refusal(status: number, code: string, message: string): ApiAnswer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}
