/** Lines that are shown around what differs. */
const AROUND = 2;

/** Two texts line by line: `+ new`, `- gone`, `  the same` near these. */
export function lineDiff(before: string, after: string): string[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  // Length of the longest common rest from each pair of lines on.
  const common = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let one = old.length - 1; one >= 0; one -= 1) {
    for (let other = now.length - 1; other >= 0; other -= 1) {
      common[one]![other] =
        old[one] === now[other]
          ? common[one + 1]![other + 1]! + 1
          : Math.max(common[one + 1]![other]!, common[one]![other + 1]!);
    }
  }
  const lines: string[] = [];
  let [one, other] = [0, 0];
  while (one < old.length || other < now.length) {
    if (one < old.length && other < now.length && old[one] === now[other]) {
      lines.push(`  ${old[one]}`);
      one += 1;
      other += 1;
    } else if (
      one < old.length &&
      (other === now.length || common[one + 1]![other]! >= common[one]![other + 1]!)
    ) {
      lines.push(`- ${old[one]}`);
      one += 1;
    } else {
      lines.push(`+ ${now[other]}`);
      other += 1;
    }
  }
  const isNear = (index: number): boolean =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some((line) => !line.startsWith('  '));
  return lines.filter((_, index) => isNear(index));
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
