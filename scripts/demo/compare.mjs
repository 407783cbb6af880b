// Compares answers byte for byte. docs/fidelity.md explains what is set aside.
const PER_CONNECTION = new Set(['date', 'server', 'connection', 'keep-alive']);
const FRAMING = new Set(['transfer-encoding', 'content-length']);

/** How the platform's answer differs from the plain server's; empty when they are the same. */
export function differences(plain, platform) {
  const found = differ('status', plain.status, platform.status);
  const [a, b] = [byName(plain.headers), byName(platform.headers)];
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    if (name === 'expires' && sameLifetime(plain, platform)) continue;
    found.push(...differ(`header ${name}`, a.get(name), b.get(name)));
  }
  if (!plain.body.equals(platform.body)) {
    found.push(...differ('body', plain.body.toString(), platform.body.toString()));
  }
  return found;
}

/** How an answer differs from what its requests.http says. */
export function unexpected(answer, expect) {
  const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const found = [];
  if (expect.status !== undefined && answer.status !== expect.status) {
    found.push(
      `status: saved ${expect.status}, got ${answer.status} ${answer.body.toString().slice(0, 300)}`,
    );
  }
  if (expect.contentType !== undefined && type.split(';')[0] !== expect.contentType.split(';')[0]) {
    found.push(`content type: saved ${expect.contentType}, got ${type}`);
  }
  if (expect.body !== undefined && !expect.body.equals(answer.body)) {
    found.push(
      `body: saved ${JSON.stringify(expect.body.toString())}, got ${JSON.stringify(answer.body.toString())}`,
    );
  }
  return found;
}

/** An app that sets Expires from the clock: what counts is the time from the answer's Date to it. */
function sameLifetime(plain, platform) {
  const [a, b] = [plain, platform].map(({ headers }) => {
    const time = (wanted) => Date.parse(headers.find(([name]) => name.toLowerCase() === wanted)?.[1]);
    return time('expires') - time('date');
  });
  // The two clocks are read one after the other, in whole seconds.
  return Math.abs(a - b) <= 2000;
}

function byName(headers) {
  const found = new Map();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (PER_CONNECTION.has(lower) || FRAMING.has(lower) || lower.startsWith('x-ropeway-')) continue;
    found.set(lower, [...(found.get(lower) ?? []), value]);
  }
  return found;
}

function differ(what, plain, platform) {
  const [a, b] = [JSON.stringify(plain), JSON.stringify(platform)];
  if (a === b) return [];
  return [`${what}: plain server ${shorten(a)}, platform ${shorten(b)}`];
}

function shorten(text = 'none') {
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text;
}
