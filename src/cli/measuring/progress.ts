import type { Output } from '../apps/output.ts';
import { evidenceLine } from '../apps/output.ts';
import { errorColors } from '../colors.ts';

/** What goes on during long work, on stderr: the last line of a terminal passes, elsewhere each step has a line. */
export interface Progress {
  step(text: string): void;
  /** A line that stays. */
  note(text: string): void;
  /** Takes the passing line away. */
  end(): void;
}

const CLEAR = '\r\u001b[2K';

export function progressOnStderr(): Progress {
  const { stderr } = process;
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write(CLEAR);
    shown = false;
  };
  return {
    step: (text) => {
      if (!stderr.isTTY) {
        stderr.write(`… ${text}\n`);
        return;
      }
      const cut = text.replaceAll(/\p{C}/gu, ' ').slice(0, Math.max(10, (stderr.columns || 80) - 3));
      stderr.write(`${CLEAR}${errorColors.cyan('…')} ${cut}`);
      shown = true;
    },
    note: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    end: clear,
  };
}

/** Finding and preparing an app say what they do as progress: stdout is for the result. */
export function outputAsProgress(progress: Progress): Output {
  return {
    detected: (app) => progress.note(`${errorColors.green('✓')} ${evidenceLine(app)}`),
    preparing: progress.step,
    preparingLine: () => undefined,
    prepared: () => progress.end(),
    ready: () => undefined,
    loadFailed: () => undefined,
    invocation: () => undefined,
    appLine: () => undefined,
    reload: () => undefined,
    notice: (message) => progress.note(`${errorColors.yellow('!')} ${message}`),
    stopped: () => undefined,
  };
}
