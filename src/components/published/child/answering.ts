import http from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';

/** A connection at whose other end every request gets this JSON. It leads nowhere: no port, no file. */
export function answeringSocket(body: string): Duplex {
  const [client, served] = duplexPair();
  const server = http.createServer((request, response) => {
    request.resume();
    request.once('end', () => response.setHeader('content-type', 'application/json').end(body));
  });
  server.emit('connection', likeSocket(served));
  return likeSocket(client);
}

/** With the methods of a socket that clients call without looking. */
function likeSocket(stream: Duplex): Duplex {
  const same = (): Duplex => stream;
  return Object.assign(stream, {
    setTimeout: same,
    setNoDelay: same,
    setKeepAlive: same,
    ref: same,
    unref: same,
  });
}
