import { spawn } from 'node:child_process';

/**
 * Waits for a line. Its end of the pipe without one means that we are gone: whatever the group still does, it ends, and its folder goes.
 * A shell, since the child itself would not notice while it is busy.
 */
const SCRIPT = `
trap '' INT TERM HUP
if read -r _; then exit 0; fi
kill -9 "-$1" 2>/dev/null
rm -rf "$2"
`;

/** Has the process group killed and the folder removed when this process ends, however it ends. Returns the function that takes it back. Does nothing on Windows. */
export function guardGroup(pid: number, folder: string): () => void {
  if (process.platform === 'win32') return () => undefined;
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(pid), folder], {
    // Out of reach of the terminal's Ctrl-C.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/bin:/usr/bin' },
    cwd: '/',
  });
  // Without a shell, the end of the child's channel has to do.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return () => shell.stdin.end('done\n');
}
