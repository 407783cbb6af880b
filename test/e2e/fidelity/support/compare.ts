import { explained, FRAMING, PER_CONNECTION } from './explained.ts';
import type { Answer, Exchange, HeaderList } from './types.ts';

/** Lines that tell how two answers to one request differ, beyond what is explained. Empty: the same. */
export function differences(exchange: Exchange, plain: Answer, platform: Answer): string[] {
  const isHead = exchange.method === 'HEAD';
  const found = [
    ...framingErrors(plain, isHead).map((error) => `plain server: ${error}`),
    ...framingErrors(platform, isHead).map((error) => `platform: ${error}`),
  ];
  // The length of an echo with one header more is another.
  if (isHead && !exchange.except?.includes('gateway-headers'))
    found.push(...differ('Content-Length', lengthOf(plain), lengthOf(platform)));
  const [a, b] = [even(exchange, plain), even(exchange, platform)];
  found.push(...differ('status', a.status, b.status));
  found.push(...headerDifferences(a.headers, b.headers));
  if (!a.body.equals(b.body)) found.push(bodyDifference(a.body, b.body));
  return found;
}

/** What is wrong with how an answer tells its length. */
function framingErrors(answer: Answer, isHead: boolean): string[] {
  const length = lengthOf(answer);
  const errors: string[] = [];
  if (length !== undefined && answer.headers.some(([name]) => name.toLowerCase() === 'transfer-encoding')) {
    errors.push('both Content-Length and Transfer-Encoding');
  }
  if (length !== undefined && !isHead && answer.status !== 304 && Number(length) !== answer.body.length) {
    errors.push(`Content-Length ${length}, but ${answer.body.length} bytes came`);
  }
  return errors;
}

function lengthOf(answer: Answer): string | undefined {
  return answer.headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
}

function even(exchange: Exchange, answer: Answer): Answer {
  return (exchange.except ?? []).reduce((result, name) => explained[name].even(result), answer);
}

/** Names in any case and any order; the values of one name in their order. */
function headerDifferences(plain: HeaderList, platform: HeaderList): string[] {
  const [a, b] = [byName(plain), byName(platform)];
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  return names.flatMap((name) => {
    const [one, other] = [a.get(name), b.get(name)];
    return sameButForTheClock(one, other) ? [] : differ(`header ${name}`, one, other);
  });
}

/** As HTTP and cookies write dates: `Mon, 23 Nov 2026 17:30:05 GMT`. */
const HTTP_DATE = /(\w{3}, \d{2}[ -]\w{3}[ -]\d{4} \d{2}:\d{2}:\d{2} GMT)/;
const CLOCK_MS = 2000;

/** What an app counts from now (Expires) is of another second when a second ends between the two answers. */
function sameButForTheClock(one: string[] | undefined, other: string[] | undefined): boolean {
  if (one?.length !== other?.length) return false;
  return (one ?? []).every((value, index) => {
    const [a, b] = [value, other![index]!].map((text) => text.split(HTTP_DATE));
    if (a!.length !== b!.length) return false;
    // Every second part is a date.
    return a!.every((part, place) =>
      place % 2 === 0 ? part === b![place] : Math.abs(Date.parse(part) - Date.parse(b![place]!)) <= CLOCK_MS,
    );
  });
}

function byName(headers: HeaderList): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (PER_CONNECTION.has(lower) || FRAMING.has(lower)) continue;
    found.set(lower, [...(found.get(lower) ?? []), value]);
  }
  return found;
}

function differ(what: string, plain: unknown, platform: unknown): string[] {
  const [a, b] = [JSON.stringify(plain), JSON.stringify(platform)];
  return a === b ? [] : [`${what}: plain server ${a ?? 'none'}, platform ${b ?? 'none'}`];
}

function bodyDifference(plain: Buffer, platform: Buffer): string {
  const end = Math.min(plain.length, platform.length);
  let at = 0;
  while (at < end && plain[at] === platform[at]) at += 1;
  const around = (body: Buffer): string =>
    JSON.stringify(body.toString('utf8', Math.max(0, at - 20), at + 60));
  return `body: ${plain.length} and ${platform.length} bytes, from byte ${at}: plain server ${around(plain)}, platform ${around(platform)}`;
}
