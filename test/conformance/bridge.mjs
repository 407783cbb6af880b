// The gateway's half of the round trip for the Python suites: a line of JSON in, a line of JSON out.
//   {"request": …} → {"event": …}      the event that the gateway makes of a request
//   {"result": …}  → {"response": …}   the response that the gateway makes of a result
// Bodies are base64. The format's name is the only argument.
import { createInterface } from 'node:readline';

import { formatByName } from '../../dist/events/list.js';
import { dropHopByHop } from '../../dist/platform/gateway/headers.js';
import { headersForBody } from '../../dist/platform/gateway/parse-request.js';

const format = formatByName(process.argv[2]);

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}

function answer({ request, result }) {
  try {
    return request === undefined ? { response: toResponse(result) } : { event: toEvent(request) };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

function toEvent(request) {
  const body = Buffer.from(request.body, 'base64');
  return format.toEvent({ ...request, body, headers: headersForBody(request.headers, body.length) });
}

function toResponse(result) {
  const { status, headers, body } = format.fromResult(result);
  // The length is kept: the WSGI client gets the app's own headers, without a server that adds one.
  return { status, headers: dropHopByHop(headers, true), body: Buffer.from(body).toString('base64') };
}
