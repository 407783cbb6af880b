import type { IncomingHttpHeaders } from 'node:http';

import { childrenOf, childText, parseXml, type XmlElement } from '../xml.ts';

/** What a bucket's rules say to a browser's question before the request; undefined: no. */
export function preflightHeaders(
  document: string | undefined,
  headers: IncomingHttpHeaders,
): Record<string, string> | undefined {
  const method = headers['access-control-request-method'];
  const wanted = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const rule = ruleFor(document, headers.origin, method);
  const allowed = childrenOf(rule, 'AllowedHeader').map(({ text }) => text.trim().toLowerCase());
  if (rule === undefined || !wanted.every((name) => allowed.some((one) => fits(one, name)))) return undefined;
  const seconds = childText(rule, 'MaxAgeSeconds')?.trim();
  return {
    ...originHeaders(rule, headers.origin!),
    'Access-Control-Allow-Methods': texts(rule, 'AllowedMethod').join(','),
    ...(wanted.length === 0 ? {} : { 'Access-Control-Allow-Headers': wanted.join(',') }),
    ...(seconds === undefined ? {} : { 'Access-Control-Max-Age': seconds }),
  };
}

/** What they add to an answer. */
export function corsHeaders(
  document: string | undefined,
  origin: string | undefined,
  method: string,
): Record<string, string> {
  const rule = ruleFor(document, origin, method);
  return rule === undefined ? {} : originHeaders(rule, origin!);
}

function ruleFor(
  document: string | undefined,
  origin: string | undefined,
  method: string | undefined,
): XmlElement | undefined {
  if (document === undefined || origin === undefined || method === undefined) return undefined;
  return childrenOf(parseXml(document), 'CORSRule').find(
    (rule) =>
      texts(rule, 'AllowedOrigin').some((one) => fits(one.toLowerCase(), origin.toLowerCase())) &&
      texts(rule, 'AllowedMethod').includes(method),
  );
}

function originHeaders(rule: XmlElement, origin: string): Record<string, string> {
  const isForAll = texts(rule, 'AllowedOrigin').includes('*');
  const exposed = texts(rule, 'ExposeHeader').filter((name) => name !== '');
  return {
    'Access-Control-Allow-Origin': isForAll ? '*' : origin,
    ...(isForAll ? {} : { Vary: 'Origin' }),
    ...(exposed.length === 0 ? {} : { 'Access-Control-Expose-Headers': exposed.join(',') }),
  };
}

function texts(rule: XmlElement, name: string): string[] {
  return childrenOf(rule, name).map(({ text }) => text.trim());
}

/** `*` stands for anything, once. */
function fits(pattern: string, value: string): boolean {
  const [start = '', end] = pattern.split('*', 2);
  if (end === undefined) return pattern === value;
  return value.length >= start.length + end.length && value.startsWith(start) && value.endsWith(end);
}
