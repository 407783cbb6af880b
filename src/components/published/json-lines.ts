/** A message as one line of text. */
export function writeLine(message: object): string {
  return `${JSON.stringify(message)}\n`;
}

/** Takes text as it comes, in any pieces, and hands over each whole line's value. Throws SyntaxError on what is not JSON. */
export function readLines(onValue: (value: unknown) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    if (!piece.includes('\n')) {
      rest += piece;
      return;
    }
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) onValue(JSON.parse(line));
  };
}
