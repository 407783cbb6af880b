/** What sets colours and weight (`ESC [ … m`). */
const STYLE = /(\u001b\[[0-9;:]*m)/;

/**
 * Text that somebody else wrote, for a line of the terminal: characters that command it, or turn the direction of
 * what follows, are written as `\x1b`. Colours pass when the terminal gets any, and end with the text; else they go.
 */
export function terminalText(text: string, withColours: boolean): string {
  const parts = text.split(STYLE);
  if (parts.length === 1) return escapeControls(text);
  const shown = parts.map((part, index) => {
    if (index % 2 === 0) return escapeControls(part);
    return withColours ? part : '';
  });
  return shown.join('') + (withColours ? '\u001b[0m' : '');
}

function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\t') return char;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}
