// Requests at given moments, whatever the answers do (open loop).
import { Agent, request } from 'node:http';

/** Closer than this the moment is awaited without a timer, which is late by a millisecond. */
const SPIN_MS = 1.2;
const PATIENCE_MS = 60_000;

/**
 * Sends a GET at each of `moments` ({at: seconds, url}); resolves when all are answered: {sent: [seconds…], late: ms at most,
 * statuses: {status: count}}. `sent` is when each really went out.
 */
export async function sendAt(moments) {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, scheduling: 'fifo' });
  const statuses = {};
  const sent = [];
  const answers = [];
  let late = 0;
  const begin = performance.now();
  for (const { at, url } of moments) {
    await until(begin + at * 1000);
    const now = performance.now() - begin;
    sent.push(now / 1000);
    late = Math.max(late, now - at * 1000);
    answers.push(
      get(agent, url).then((status) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
      }),
    );
  }
  await Promise.all(answers);
  agent.destroy();
  return { sent, late, statuses };
}

async function until(moment) {
  const rest = moment - performance.now();
  if (rest > SPIN_MS) await new Promise((resolve) => setTimeout(resolve, rest - SPIN_MS));
  // Answers must be read meanwhile.
  while (performance.now() < moment) await new Promise((resolve) => setImmediate(resolve));
}

/** The status, or the error's code; never rejects. */
export function get(agent, url, headers = {}) {
  return new Promise((resolve) => {
    const call = request(url, { agent, headers, timeout: PATIENCE_MS }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', (error) => resolve(error.code));
    });
    call.on('timeout', () => call.destroy(Object.assign(new Error('late'), { code: 'TIMEOUT' })));
    call.on('error', (error) => resolve(error.code));
    call.end();
  });
}
