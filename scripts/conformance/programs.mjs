// Other programs, with what they print kept for when it is needed.
import { execFile } from 'node:child_process';

const TIMEOUT_MS = 10 * 60_000;
/** Would change what adapters and test runners do. */
const UNWANTED = [
  'API_GATEWAY_BASE_PATH',
  'STRIP_STAGE_PATH',
  'PYTEST_ADDOPTS',
  'NODE_OPTIONS',
  'PYTHONPATH',
];

/** Resolves with exit code (null when it was killed) and output, whatever the exit code is. */
export function capture(command, args, { cwd, env = {} } = {}) {
  const environment = { ...process.env };
  for (const name of UNWANTED) delete environment[name];
  return new Promise((resolve, reject) => {
    const options = {
      cwd,
      env: { ...environment, PYTHONDONTWRITEBYTECODE: '1', ...env },
      maxBuffer: 256 * 1024 * 1024,
      timeout: TIMEOUT_MS,
      shell: command.endsWith('.cmd'),
    };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (typeof error?.code === 'string') reject(error);
      else resolve({ code: error === null ? 0 : error.code, stdout, stderr, output: stdout + stderr });
    });
  });
}

/** As `capture`; rejects with the output when the exit code is not 0. */
export async function captureSuccess(command, args, options) {
  const result = await capture(command, args, options);
  if (result.code !== 0) throw new Error(`${command} ${args.join(' ')}\n${result.output}`);
  return result;
}
