import { invalid } from './errors.ts';

/** The one file that was found, if any; the first of several is the one to keep. Throws CONFIG. */
export function onlyOne(found: string[]): string | undefined {
  const [first, second] = found;
  if (second === undefined) return first;
  throw invalid(`There are both ${found.join(' and ')}.`, { fix: `keep one of them: ${first}` });
}
