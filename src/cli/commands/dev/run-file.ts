import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes `.ropeway/dev.json` ({url, pid, startedAt}), by which other commands find this run.
 * Returns the function that takes it away again.
 */
export function announceRun(dir: string, url: string): () => void {
  const file = join(dir, '.ropeway', 'dev.json');
  mkdirSync(join(dir, '.ropeway'), { recursive: true });
  const content = `${JSON.stringify({ url, pid: process.pid, startedAt: new Date().toISOString() })}\n`;
  writeFileSync(file, content);
  return () => {
    // Another run of the same folder may have written its own since.
    try {
      if (readFileSync(file, 'utf8') === content) rmSync(file);
    } catch {
      // It is gone already.
    }
  };
}
