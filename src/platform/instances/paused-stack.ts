import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { packageRoot } from '../../lib/package-root.ts';
import type { InstanceProcess } from './process.ts';

const OURS = join(packageRoot, 'dist', sep);
const IDLE =
  'The event loop is idle: the app waits for something that does not come (a promise that never settles, an answer from elsewhere).';
const UNKNOWN = 'Where it hangs could not be found out.';
/** Milliseconds until the debugger listens, and until it pauses. */
const LISTEN_MS = 1500;
const PAUSE_MS = 500;

/**
 * Where a hanging Node process is: SIGUSR1 makes it listen for a debugger on a free loopback port
 * (it is started with `--inspect-port=0`) even within an endless loop; we pause it and read the stack.
 */
export async function pausedStack(child: InstanceProcess): Promise<string> {
  child.signal('SIGUSR1');
  const url = await debuggerUrl(child);
  if (url === undefined) return UNKNOWN;
  try {
    return await readStack(url);
  } catch {
    return UNKNOWN;
  }
}

async function debuggerUrl(child: InstanceProcess): Promise<string | undefined> {
  for (let waited = 0; waited < LISTEN_MS; waited += 20) {
    const url = /Debugger listening on (ws:\/\/127\.0\.0\.1:\d+\/[\w-]+)/.exec(child.errorTail())?.[1];
    if (url !== undefined) return url;
    await sleep(20);
  }
  return undefined;
}

interface DebuggerMessage {
  method?: string;
  params?: { callFrames?: CallFrame[]; scriptId?: string; url?: string };
}

interface CallFrame {
  functionName: string;
  location: { scriptId: string; lineNumber: number; columnNumber?: number };
}

async function readStack(url: string): Promise<string> {
  const { WebSocket } = await import('ws');
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const timer = setTimeout(() => finish(IDLE), PAUSE_MS);
    const finish = (text: string): void => {
      clearTimeout(timer);
      socket.terminate();
      resolve(text);
    };
    socket.on('error', reject);
    socket.on('open', () => {
      socket.send(JSON.stringify({ id: 1, method: 'Debugger.enable' }));
      socket.send(JSON.stringify({ id: 2, method: 'Debugger.pause' }));
    });
    const scripts = new Map<string, string>();
    socket.on('message', (data: Buffer) => {
      const { method, params = {} } = JSON.parse(data.toString()) as DebuggerMessage;
      if (method === 'Debugger.scriptParsed') scripts.set(params.scriptId ?? '', params.url ?? '');
      if (method !== 'Debugger.paused') return;
      const lines = (params.callFrames ?? []).flatMap((frame) => frameLine(frame, scripts));
      finish(lines.length === 0 ? IDLE : lines.join('\n'));
    });
  });
}

/** One line per frame of the app; none for Node's own and for ours. */
function frameLine({ functionName, location }: CallFrame, scripts: Map<string, string>): string[] {
  const file = (scripts.get(location.scriptId) ?? '').replace(/^file:\/\//, '');
  if (file === '' || file.startsWith('node:') || file.startsWith(OURS)) return [];
  const place = `${file}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`;
  return [`    at ${functionName === '' ? place : `${functionName} (${place})`}`];
}
