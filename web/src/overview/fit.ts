// How many columns make the largest tiles of a shape in a field, so that a wall screen never scrolls.
export interface Field { readonly width: number; readonly height: number }

export interface Fit { readonly columns: number; readonly rows: number }

/** `shape`: width by height that the tiles should have. */
export function fitTiles(count: number, field: Field, shape: number): Fit {
  let best: Fit & { readonly area: number } = { columns: 1, rows: Math.max(1, count), area: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const [width, height] = [field.width / columns, field.height / rows];
    // The part of the tile that a rectangle of the wanted shape fills.
    const usable = Math.min(width, height * shape);
    const area = (usable * usable) / shape;
    if (area > best.area) best = { columns, rows, area };
  }
  return { columns: best.columns, rows: best.rows };
}

/** How many tiles of at least this size a field has room for. */
export function roomFor(field: Field, least: Field): number {
  return Math.max(1, Math.floor(field.width / least.width)) * Math.max(1, Math.floor(field.height / least.height));
}
