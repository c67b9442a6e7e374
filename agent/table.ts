// A table in columns, for people. Pure.

export type Align = 'left' | 'right';

/** Lines of cells padded to their columns' widths, two blanks between; columns whose alignment is not given are left. */
export function tableLines(rows: readonly (readonly string[])[], aligns: readonly Align[] = []): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return aligns[column] === 'right' ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}
