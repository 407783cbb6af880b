import { say } from './print-lines.ts';

/** A terminal's last line may say what goes on at the moment: it is gone with the next line that stays. */
export interface PassingLine {
  /** Nothing where nobody watches: in a file it would stay. */
  show(text: string): void;
  /** A line that stays. */
  say(text: string): void;
}

const CLEAR = '\r\u001b[2K';

export function passingLine(): PassingLine {
  const { stdout } = process;
  let isShown = false;
  return {
    show: (text) => {
      if (!stdout.isTTY) return;
      const cut = text.replaceAll(/[^\P{C}]/gu, ' ').slice(0, Math.max(10, (stdout.columns || 80) - 1));
      stdout.write(CLEAR + cut);
      isShown = true;
    },
    say: (text) => {
      if (isShown) stdout.write(CLEAR);
      isShown = false;
      say(text);
    },
  };
}
