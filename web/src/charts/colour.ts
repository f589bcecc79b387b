// Shades between two colours written as `#rrggbb`.
function channels(colour: string): readonly number[] {
  return [1, 3, 5].map((place) => Number.parseInt(colour.slice(place, place + 2), 16));
}

export function mixed(low: string, high: string, part: number): string {
  const bounded = Math.min(1, Math.max(0, part));
  const top = channels(high);
  return `rgb(${channels(low).map((from, index) => Math.round(from + ((top[index] ?? from) - from) * bounded)).join(",")})`;
}
