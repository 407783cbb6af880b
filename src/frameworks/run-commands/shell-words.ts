/**
 * Splits a shell command line into commands (at `&&`, `||`, `;`, `&`; what follows a pipe is dropped) and
 * those into words. Quotes and backslashes as in POSIX shells; variables stay as they are written.
 */
export function shellCommands(line: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  let piped = false;
  const endWord = (): void => {
    if (word !== undefined && !piped) words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
    piped = false;
  };
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index]!;
    if (char === "'" || char === '"') {
      const [text, end] = quoted(line, index, char);
      word = (word ?? '') + text;
      index = end;
    } else if (char === '\\') {
      index += 1;
      word = (word ?? '') + (line[index] ?? '');
    } else if (/\s/.test(char)) {
      endWord();
    } else if (char === ';' || (char === '&' && line[index - 1] !== '>')) {
      if (line[index + 1] === '&') index += 1;
      endCommand();
    } else if (char === '|') {
      endWord();
      if (line[index + 1] === '|') {
        index += 1;
        endCommand();
      } else piped = true;
    } else {
      word = (word ?? '') + char;
    }
  }
  endCommand();
  return commands;
}

/** The text of a quoted part and the index of its closing quote (or the end of the line). */
function quoted(line: string, start: number, quote: string): [text: string, end: number] {
  let text = '';
  let index = start + 1;
  while (index < line.length && line[index] !== quote) {
    if (quote === '"' && line[index] === '\\' && /["\\$`]/.test(line[index + 1] ?? '')) index += 1;
    text += line[index];
    index += 1;
  }
  return [text, index];
}
