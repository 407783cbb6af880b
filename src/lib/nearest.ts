/** The known word that is at most two edits away from what was written, the nearest one first. */
export function nearest(written: string, known: string[]): string | undefined {
  const ranked = known.map((word) => ({ word, distance: edits(written.toLowerCase(), word.toLowerCase()) }));
  const [best] = ranked.toSorted((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= 2 ? best.word : undefined;
}

/** Levenshtein distance: insertions, deletions, replacements. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
