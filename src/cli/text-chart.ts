export interface TextChartOptions {
  /** Values over the same places, the most important last: it is drawn over the others. */
  lines: { mark: string; values: number[] }[];
  /** Of the places; rising. */
  x: number[];
  width: number;
  height: number;
  /** Text of a value at an axis. */
  xText: (value: number) => string;
  yText: (value: number) => string;
  /** Logarithmic axes. */
  logX?: boolean;
  logY?: boolean;
}

/** Lines as characters, with ticks at both axes. Values of 0 stand on the floor of a logarithmic axis. */
export function textChart(options: TextChartOptions): string[] {
  const { lines, x, width, height, yText } = options;
  const logX = options.logX === true;
  const all = lines.flatMap(({ values }) => values).filter((value) => Number.isFinite(value));
  const positive = all.filter((value) => value > 0);
  const logY = options.logY === true && positive.length > 0;
  const least = logY ? Math.min(...positive) : 0;
  const most = Math.max(...all, least * 1.01, Number.MIN_VALUE);
  const scaled = (value: number, from: number, to: number, isLog: boolean): number => {
    if (from === to) return 0;
    const part = isLog
      ? Math.log(Math.max(value, from) / from) / Math.log(to / from)
      : (value - from) / (to - from);
    return Math.min(1, Math.max(0, part));
  };
  const grid = Array.from({ length: height }, () => Array.from({ length: width }, () => ' '));
  const rowOf = (value: number): number =>
    height - 1 - Math.round(scaled(value, least, most, logY) * (height - 1));
  const [firstX, lastX] = [x[0] ?? 0, x.at(-1) ?? 1];
  for (const { mark, values } of lines) {
    for (let column = 0; column < width; column += 1) {
      const value = at(column / Math.max(1, width - 1), values, x, { firstX, lastX, logX });
      grid[rowOf(value)]![column] = mark;
    }
  }
  const valueOfRow = (row: number): number => {
    const part = (height - 1 - row) / Math.max(1, height - 1);
    return logY ? least * (most / least) ** part : least + part * (most - least);
  };
  const ticked = new Set([0, Math.round((height - 1) / 3), Math.round((2 * (height - 1)) / 3), height - 1]);
  const labels = grid.map((_, row) => (ticked.has(row) ? yText(valueOfRow(row)) : ''));
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const rows = grid.map((cells, row) =>
    `${labels[row]!.padStart(labelWidth)} ${ticked.has(row) ? '┤' : '│'}${cells.join('')}`.trimEnd(),
  );
  const axis = `${' '.repeat(labelWidth)} └${'─'.repeat(width)}`;
  return [...rows, axis, ' '.repeat(labelWidth + 2) + xTicks(options, firstX, lastX, logX)];
}

/** The value at a part of the width, in between in proportion. */
function at(
  part: number,
  values: number[],
  x: number[],
  { firstX, lastX, logX }: { firstX: number; lastX: number; logX: boolean },
): number {
  const wanted = logX ? firstX * (lastX / firstX) ** part : firstX + part * (lastX - firstX);
  let place = x.findIndex((one) => one >= wanted);
  if (place === -1) place = x.length - 1;
  if (place <= 0) return values[0] ?? 0;
  const [before, after] = [x[place - 1]!, x[place]!];
  const share = after === before ? 1 : (wanted - before) / (after - before);
  return values[place - 1]! + share * (values[place]! - values[place - 1]!);
}

const X_TICKS = 5;

function xTicks({ width, xText }: TextChartOptions, firstX: number, lastX: number, logX: boolean): string {
  const cells = Array.from({ length: width + 8 }, () => ' ');
  let free = 0;
  for (let tick = 0; tick < X_TICKS; tick += 1) {
    const part = tick / (X_TICKS - 1);
    const label = xText(logX ? firstX * (lastX / firstX) ** part : firstX + part * (lastX - firstX));
    const place = Math.max(0, Math.round(part * (width - 1)) - Math.floor(label.length / 2));
    if (place < free || place + label.length > cells.length) continue;
    for (let index = 0; index < label.length; index += 1) cells[place + index] = label[index]!;
    free = place + label.length + 1;
  }
  return cells.join('').trimEnd();
}
