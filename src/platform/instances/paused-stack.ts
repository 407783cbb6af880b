import { setTimeout as sleep } from 'node:timers/promises';

import type { InstanceProcess } from './process.ts';

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
  params?: { callFrames?: CallFrame[] };
}

interface CallFrame {
  functionName: string;
  url: string;
  location: { lineNumber: number; columnNumber?: number };
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
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as DebuggerMessage;
      if (message.method !== 'Debugger.paused') return;
      const frames = (message.params?.callFrames ?? []).filter(({ url }) => url !== '' && !url.startsWith('node:'));
      finish(frames.length === 0 ? IDLE : frames.map(frameLine).join('\n'));
    });
  });
}

function frameLine({ functionName, url, location }: CallFrame): string {
  const place = `${url.replace(/^file:\/\//, '')}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`;
  return `    at ${functionName === '' ? place : `${functionName} (${place})`}`;
}
