// Mocha's --require: every server that a test makes of an app gets its requests through events.
// ROPEWAY_CONFORMANCE_FORMAT: the event format. ROPEWAY_CONFORMANCE_COUNT: file for the number of requests.
import { writeFileSync } from 'node:fs';
import http from 'node:http';

import { handler } from '../../dist/runtimes/node/adapter.js';
import { throughEvents } from './gateway.mjs';

const format = process.env.ROPEWAY_CONFORMANCE_FORMAT;
const createServer = http.createServer;
let requests = 0;

// Express and supertest both call `http.createServer(app)` as a property of the module.
http.createServer = function createServerOfEvents(...args) {
  const app = args.at(-1);
  if (typeof app !== 'function') return Reflect.apply(createServer, this, args);
  const gateway = throughEvents(handler(app), format);
  return Reflect.apply(createServer, this, [
    ...args.slice(0, -1),
    (incoming, outgoing) => {
      requests += 1;
      gateway(incoming, outgoing);
    },
  ]);
};

process.on('exit', () => writeFileSync(process.env.ROPEWAY_CONFORMANCE_COUNT, String(requests)));
