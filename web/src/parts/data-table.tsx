// A table that scrolls by itself where it is too wide, by keyboard too.
import type { ComponentChildren } from "preact";

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  readonly isFigure?: boolean;
  /** Left out on a phone. */
  readonly isExtra?: boolean;
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T, index: number) => string;
  readonly isTall?: boolean;
}

export function DataTable<T>({ label, columns, rows, keyOf, isTall = false }: Props<T>) {
  return (
    <div class={isTall ? "table-frame table-tall" : "table-frame"} role="group" aria-label={label} tabIndex={0}>
      <table>
        <thead><tr>{columns.map((column) => <th key={column.title} scope="col" class={classOf(column)}>{column.title}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={keyOf(row, index)}>{columns.map((column) => <td key={column.title} class={classOf(column)}>{column.cell(row)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf<T>({ isFigure = false, isExtra = false }: Column<T>): string {
  return `${isFigure ? "figure " : ""}${isExtra ? "extra" : ""}`.trim();
}
