/** Rows with columns that stand below each other: the first to the left, the others to the right. The first row is the head. */
export function textTable(rows: string[][], left: number = 1): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat(widths[column]! - cell.length);
        return column < left ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}
