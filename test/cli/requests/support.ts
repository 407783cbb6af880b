import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { Command } from 'commander';
import { onTestFinished, vi } from 'vitest';

import { defineRequest } from '../../../src/cli/commands/request.ts';

export interface Seen {
  method: string;
  url: string;
  rawHeaders: string[];
  body: Buffer;
}

/** A server that keeps what it was sent; gone when the test ends. */
export async function startServer(
  answer: (seen: Seen, ...args: Parameters<RequestListener>) => void,
): Promise<{ url: string; seen: Seen[]; close: () => Promise<void> }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void collect(request).then((body) => {
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        rawHeaders: request.rawHeaders,
        body,
      };
      seen.push(one);
      answer(one, request, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}

/** A folder with files in it; gone when the test ends. */
export function makeFolder(files: Record<string, string | Buffer> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'ropeway-request-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** Runs `ropeway request …` in this process. What it throws is thrown; the exit code is put back. */
export async function run(...args: string[]): Promise<{ stdout: string; bytes: Buffer; exitCode: number }> {
  const chunks: Buffer[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
    chunks.push(Buffer.from(chunk));
    for (const callback of rest) if (typeof callback === 'function') callback(null);
    return true;
  });
  const before = process.exitCode;
  try {
    const program = new Command().exitOverride();
    defineRequest(program);
    process.exitCode = undefined;
    await program.parseAsync(['request', ...args], { from: 'user' });
    const bytes = Buffer.concat(chunks);
    return { stdout: bytes.toString(), bytes, exitCode: exitCodeNow() };
  } finally {
    process.exitCode = before;
    write.mockRestore();
  }
}

function exitCodeNow(): number {
  return Number(process.exitCode ?? 0);
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
