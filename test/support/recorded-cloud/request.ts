import type { IncomingMessage } from 'node:http';

/** A request as it came, and what it says. */
export interface CloudRequest {
  method: string;
  /** The `Host` that it names, without a port that is not signed. */
  host: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer;
  /** Parameters with flattened names (`Code.CosBucketName`); empty for object storage and JSON. */
  flat: Record<string, string>;
  /** The same, or the JSON, as objects and lists. */
  params: Record<string, unknown>;
}

export async function readRequest(message: IncomingMessage): Promise<CloudRequest> {
  const url = new URL(message.url!, 'http://cloud');
  const body = Buffer.concat(await message.toArray());
  const query = Object.fromEntries(url.searchParams);
  const text = body.toString('utf8');
  const host = message.headers.host!;
  const isStorage = host.endsWith('.myqcloud.com');
  const isJson = text.startsWith('{');
  const flat = isStorage || isJson ? {} : { ...query, ...Object.fromEntries(new URLSearchParams(text)) };
  return {
    method: message.method!,
    host,
    path: decodeURIComponent(url.pathname),
    query,
    headers: message.headers as Record<string, string>,
    body,
    flat,
    params: isJson ? (JSON.parse(text) as Record<string, unknown>) : nested(flat),
  };
}

/** `Environment.Variables.0.Key` → `{Environment: {Variables: [{Key}]}}`. */
function nested(flat: Record<string, string>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat)) {
    const parts = name.split('.');
    let at = root;
    for (const part of parts.slice(0, -1)) at = (at[part] ??= {}) as Record<string, unknown>;
    at[parts.at(-1)!] = value;
  }
  return withLists(root) as Record<string, unknown>;
}

function withLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, withLists(inner)] as const);
  const isList = entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
