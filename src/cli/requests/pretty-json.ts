/**
 * JSON with one value a line, two blanks a level. Works on the text, so that long numbers, repeated names
 * and escapes stay as they came. Undefined when the text is not JSON.
 */
export function prettyJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let out = '';
  let depth = 0;
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1] ?? '';
    if (token === '}' || token === ']') {
      depth -= 1;
      out += before === '{' || before === '[' ? token : newLine() + token;
      continue;
    }
    if (before === '{' || before === '[' || before === ',') out += newLine();
    if (token === '{' || token === '[') depth += 1;
    out += token === ':' ? ': ' : token;
  }
  return out;
}
