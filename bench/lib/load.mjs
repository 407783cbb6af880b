// A closed loop of GET requests over raw sockets: as little client as possible beside what is measured.
import { connect } from 'node:net';

/** For answers to what was sent before the end. */
const PATIENCE_MS = 10_000;

/**
 * Puts load on `url` from so many connections for `seconds`: {perSecond, p50, p99, failed}, times in ms. An answer that is
 * not 200 with this `body` has failed, and so has one that does not come; one that comes after the end is not in `perSecond`.
 */
export async function load(url, connections, seconds, body = '') {
  const { hostname, port, pathname, search } = new URL(url);
  const request = `GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`;
  const times = [];
  let failed = 0;
  let inTime = 0;
  const end = performance.now() + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, () => loop()));
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Infinity;
  return { perSecond: inTime / seconds, p50: at(0.5), p99: at(0.99), failed };

  function loop() {
    return new Promise((resolve) => {
      let socket;
      let received = '';
      let start = 0;
      let open = false;
      const stop = () => {
        clearTimeout(timer);
        open = false;
        socket?.destroy();
        resolve();
      };
      const timer = setTimeout(
        () => {
          failed++;
          stop();
        },
        seconds * 1000 + PATIENCE_MS,
      );
      const send = () => {
        if (performance.now() >= end) {
          stop();
          return;
        }
        start = performance.now();
        if (!open) dial();
        socket.write(request);
      };
      const done = (ok) => {
        const now = performance.now();
        if (ok) {
          times.push(now - start);
          if (now <= end) inTime++;
        } else failed++;
        received = '';
        send();
      };
      const dial = () => {
        open = true;
        const dialled = connect(Number(port), hostname);
        socket = dialled;
        dialled.setNoDelay(true);
        dialled.setEncoding('latin1');
        dialled.on('data', (chunk) => {
          received += chunk;
          const headEnd = received.indexOf('\r\n\r\n');
          if (headEnd === -1) return;
          const head = received.slice(0, headEnd).toLowerCase();
          if (received.length - headEnd - 4 < Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1])) return;
          if (/\r\nconnection: close/.test(head)) {
            open = false;
            dialled.removeAllListeners('close');
            dialled.destroy();
          }
          done(received.startsWith('HTTP/1.1 200') && received.endsWith(body));
        });
        dialled.on('error', () => undefined);
        dialled.on('close', () => {
          if (socket !== dialled || !open) return;
          open = false;
          done(false);
        });
      };
      send();
    });
  }
}
