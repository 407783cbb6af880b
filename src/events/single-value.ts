import { groupHeaders, setOwn } from './headers.ts';
import type { Headers, JsonObject } from './types.ts';

/**
 * Response headers for a gateway that takes one value per name: repeated ones are joined with ", ". Set-Cookie
 * cannot be joined: each gets a spelling of its own (`set-cookie`, `Set-cookie`, `sEt-cookie`…), which clients do
 * not tell apart.
 */
export function singleValues(headers: Headers): JsonObject {
  const result: JsonObject = {};
  for (const { lower, name, values } of groupHeaders(headers)) {
    if (lower === 'set-cookie') values.forEach((value, index) => setOwn(result, spelling(index), value));
    else setOwn(result, name, values.length === 1 ? values[0]! : values.join(', '));
  }
  return result;
}

/** The n-th way to write `set-cookie`: the bits of n say which letters are upper-case. There are 512. */
export function spelling(n: number): string {
  let bits = n;
  return 'set-cookie'.replaceAll(/[a-z]/g, (letter) => {
    const upper = bits & 1;
    bits >>= 1;
    return upper === 1 ? letter.toUpperCase() : letter;
  });
}
