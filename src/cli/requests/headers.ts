import type { HeaderList } from './types.ts';

/** The first value of a header, whatever the case of its name. */
export function headerOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** `text/html` of `Text/HTML; charset=utf-8`; undefined when nothing is said. */
export function mediaType(headers: HeaderList): string | undefined {
  return headerOf(headers, 'content-type')?.split(';')[0]?.trim().toLowerCase() || undefined;
}

/** The headers with others in front of them, save those that are already there. */
export function withDefaults(headers: HeaderList, defaults: HeaderList): HeaderList {
  return [...defaults.filter(([name]) => headerOf(headers, name) === undefined), ...headers];
}
