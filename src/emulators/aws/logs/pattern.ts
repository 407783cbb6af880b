/**
 * A filter pattern of CloudWatch Logs, as far as it is about unstructured lines ("Filter pattern syntax"): terms and `"phrases"` that all have to be there,
 * `?term` of which one has to be, `-term` that must not be. Case counts.
 */
export function patternOf(pattern: string): (line: string) => boolean {
  const terms = [...pattern.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(
    ([, mark = '', phrase, word]) => ({
      mark,
      text: phrase === undefined ? word! : phrase.replaceAll(/\\(.)/g, '$1'),
    }),
  );
  const of = (wanted: string): string[] =>
    terms.filter(({ mark }) => mark === wanted).map(({ text }) => text);
  const [all, any, none] = [of(''), of('?'), of('-')];
  return (line) =>
    all.every((text) => line.includes(text)) &&
    (any.length === 0 || any.some((text) => line.includes(text))) &&
    !none.some((text) => line.includes(text));
}
