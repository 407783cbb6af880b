import { AwsError } from '../service.ts';

/**
 * What a filter pattern for unstructured text asks of a message ("Filter pattern syntax" of the CloudWatch Logs user guide): all plain terms, none with `-`; without
 * plain terms any of those with `?`. `"a b"` is one term, `%a+%` a regular expression. Throws InvalidParameterException for patterns of JSON and of columns, which are
 * not emulated.
 */
export function readPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text.startsWith('{') || text.startsWith('['))
    throw invalid('Invalid filter pattern: patterns of JSON and of columns are not emulated');
  const terms = termsOf(text);
  const required = terms.filter(({ sign }) => sign === '');
  const optional = terms.filter(({ sign }) => sign === '?');
  const excluded = terms.filter(({ sign }) => sign === '-');
  return (message) =>
    required.every(({ fits }) => fits(message)) &&
    !excluded.some(({ fits }) => fits(message)) &&
    (required.length > 0 || optional.length === 0 || optional.some(({ fits }) => fits(message)));
}

interface Term {
  sign: string;
  fits(message: string): boolean;
}

const TERM = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)+)%|([^\s"]+))(?=\s|$)/gy;

function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  let rest = text;
  while (rest !== '') {
    TERM.lastIndex = 0;
    const [whole, sign = '', quoted, expression, plain] = TERM.exec(rest) ?? [];
    if (whole === undefined) throw invalid('Invalid filter pattern');
    const words = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '';
    terms.push({
      sign,
      fits: expression === undefined ? (message) => message.includes(words) : matching(expression),
    });
    rest = rest.slice(whole.length).trimStart();
  }
  return terms;
}

function matching(expression: string): Term['fits'] {
  try {
    const found = new RegExp(expression);
    return (message) => found.test(message);
  } catch {
    throw invalid('Invalid filter pattern: its regular expression is none');
  }
}

function invalid(message: string): AwsError {
  return new AwsError(400, 'InvalidParameterException', message);
}
