import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join, relative } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

import type { ControlAnswer } from '../support/serve.ts';

/** An entry of a zip that is made for a test; what it says about itself may be a lie. */
export interface MadeEntry {
  name: string;
  content?: string | Buffer;
  /** Unix mode with its type; default a file that everyone may read. */
  mode?: number;
  stored?: boolean;
  /** Unpacked size and sum that it claims instead of the true ones. */
  claims?: { bytes?: number; sum?: number };
  flags?: number;
  method?: number;
}

/** A zip of these entries, byte by byte the same each time. */
export function makeZip(entries: MadeEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const {
    name,
    content = '',
    mode = 0o100_644,
    stored = false,
    claims = {},
    flags,
    method,
  } of entries) {
    const plain = Buffer.from(content);
    const packed = stored ? plain : deflateRawSync(plain);
    const fileName = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    // Bit 11: the name is UTF-8.
    common.writeUInt16LE(0x800 | (flags ?? 0), 2);
    common.writeUInt16LE(method ?? (stored ? 0 : 8), 4);
    common.writeUInt32LE(0x0021_0000, 6);
    common.writeUInt32LE(claims.sum ?? crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claims.bytes ?? plain.length, 18);
    common.writeUInt16LE(fileName.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, fileName, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, rest, fileName]));
    parts.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), end]);
}

/** A zip of files by name. */
export function zipOf(files: Record<string, string | Buffer>): Buffer {
  return makeZip(Object.entries(files).map(([name, content]) => ({ name, content })));
}

export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Uploads a package over the control API's socket; `digest`: another one than its own. */
export function putPackage(
  socketPath: string,
  zip: Buffer,
  digest: string = digestOf(zip),
  headers: Record<string, string> = {},
): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const options = { socketPath, method: 'PUT', path: `/v1/packages/${digest}` };
    const call = request({ ...options, headers: { host: 'localhost', ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, body: JSON.parse(text) as Record<string, unknown> }),
      );
    });
    call.on('error', reject);
    call.end(zip);
  });
}

/** Python packages that an interpreter has, as a layer has them. */
export function layerOf(python: string, names: string[]): Buffer {
  const code = `import os, json, importlib.util as u; print(json.dumps([os.path.dirname(u.find_spec(n).origin) for n in ${JSON.stringify(names)}]))`;
  const folders = JSON.parse(execFileSync(python, ['-c', code], { encoding: 'utf8' })) as string[];
  const files: Record<string, Buffer> = {};
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.parentPath.includes('__pycache__')) continue;
      const full = join(entry.parentPath, entry.name);
      files[`python/${relative(dirname(folder), full)}`] = readFileSync(full);
    }
  }
  return zipOf(files);
}
