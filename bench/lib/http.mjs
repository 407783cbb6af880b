// Requests as a client sends them, timed from the first byte out to the last byte in.
import { Agent, request } from 'node:http';

/** Keeps its connections open. */
export function client(connections) {
  return new Agent({ keepAlive: true, maxSockets: connections });
}

/** {status, ms, error}; never rejects. */
export function timed(agent, url, headers = {}) {
  const start = performance.now();
  return new Promise((resolve) => {
    const end = (status, error) => resolve({ status, error, ms: performance.now() - start });
    const sent = request(url, { agent, headers }, (response) => {
      response.on('data', () => undefined);
      response.on('end', () => end(response.statusCode));
      response.on('error', (error) => end(0, error.message));
    });
    sent.on('error', (error) => end(0, error.message));
    sent.end();
  });
}
