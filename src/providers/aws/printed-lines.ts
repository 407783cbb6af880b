/** Lambda's Python ends lines of a traceback with carriage returns, and indents them with spaces that do not break. */
export function printedLines(printed: string): string[] {
  return printed
    .replaceAll('\u00a0', ' ')
    .split(/\r\n|\r|\n/)
    .filter((line) => line !== '');
}
