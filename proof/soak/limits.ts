// What a day's end may differ from the first one's, and what it looks like for reading.

export interface DayEnd {
  readonly day: number;
  /** In use, after a forced collection. */
  readonly heapBytes: number;
  /** Who waits on the virtual clock: what timers are in real time. */
  readonly sleepers: number;
  /** As the runtime lists them. */
  readonly resources: readonly string[];
  /** Open files. */
  readonly handles: number;
  /** Notifications that are not delivered. */
  readonly owed: number;
  readonly plants: number;
  readonly stateBytes: number;
  readonly cards: number;
  readonly calls: number;
  readonly seconds: number;
}

const MOST_GROWTH = 0.05;
const MOST_GROWTH_BYTES = 5e6;

/** In Portuguese; none where all is where it was. */
export function growths(ends: readonly DayEnd[]): string[] {
  const [first, ...others] = ends;
  if (first === undefined) return ["nenhum dia"];
  return [
    ...ends.filter(({ owed }) => owed > 0).map(({ day, owed }) => `dia ${day}: ${owed} cartões ainda por entregar`),
    ...others.flatMap(({ day, heapBytes, sleepers, handles, resources }) => {
      const more = heapBytes - first.heapBytes;
      return [
        ...(more > Math.min(MOST_GROWTH * first.heapBytes, MOST_GROWTH_BYTES) ? [`dia ${day}: ${megabytes(more)} MB a mais que no primeiro (${megabytes(first.heapBytes)} MB)`] : []),
        ...(sleepers === first.sleepers ? [] : [`dia ${day}: ${sleepers} esperas, no primeiro ${first.sleepers}`]),
        ...(handles === first.handles ? [] : [`dia ${day}: ${handles} arquivos abertos, no primeiro ${first.handles}`]),
        ...(resources.join() === first.resources.join() ? [] : [`dia ${day}: ${resources.join()}, no primeiro ${first.resources.join()}`]),
      ];
    }),
  ];
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

export function dayLine({ day, heapBytes, sleepers, handles, resources, plants, stateBytes, cards, calls, seconds }: DayEnd): string {
  return `dia ${day}: ${megabytes(heapBytes)} MB em uso, ${sleepers} esperas, ${handles} arquivos abertos, ${resources.length} recursos ativos; `
    + `${plants} usinas, estado de ${megabytes(stateBytes)} MB, ${cards} cartões e ${calls} chamadas até aqui, ${seconds.toFixed(0)} s`;
}
