// Requests as a client sends them, timed from the first byte out to the last byte in.
import { Agent, request } from 'node:http';

/** What has not sent anything for so long does not answer. */
const PATIENCE_MS = 60_000;

/** Keeps its connections open. */
export function client(connections) {
  return new Agent({ keepAlive: true, maxSockets: connections });
}

/** {status, ms, body, error}; never rejects. */
export function timed(agent, url, headers = {}, patience = PATIENCE_MS) {
  const start = performance.now();
  return new Promise((resolve) => {
    let body = '';
    const end = (status, error) => resolve({ status, body, error, ms: performance.now() - start });
    const sent = request(url, { agent, headers, timeout: patience }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text) => {
        body += text;
      });
      response.on('end', () => end(response.statusCode));
      response.on('error', (error) => end(0, error.message));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', (error) => end(0, error.message));
    sent.end();
  });
}

/** So many requests at once, each on a connection of its own: {total, failed, max, min}, times in ms. */
export async function atOnce(count, url, wanted, patience) {
  const agent = client(count);
  const start = performance.now();
  const all = await Promise.all(Array.from({ length: count }, () => timed(agent, url, {}, patience)));
  const total = performance.now() - start;
  agent.destroy();
  const times = all.map(({ ms }) => ms);
  const failed = all.filter(({ status, body }) => status !== 200 || body !== wanted).length;
  return { total, failed, max: Math.max(...times), min: Math.min(...times) };
}
