// Whether the monitor works or waits, as only its own process can tell: calls and disk writes under way are work, and so is
// what its event loop does with them.
import type { Disk } from "../../ports/disk.ts";
import type { ScanPlant } from "../../ports/plant-scan.ts";
import type { Transport } from "../../ports/transport.ts";

export interface WorkWatch {
  readonly isWorking: boolean;
  overTransport(transport: Transport): Transport;
  overDisk(disk: Disk): Disk;
  /** Scans that other processes do. */
  overScans(scan: ScanPlant): ScanPlant;
}

/** Between a call and the commit of what it brought there is no work under way for a moment. */
const IDLE_AFTER_MS = 15;

export function watchWork(onChange: (isWorking: boolean) => void): WorkWatch {
  let underWay = 0;
  let begun = 0;
  let isWorking = false;

  function change(next: boolean): void {
    if (isWorking === next) return;
    isWorking = next;
    onChange(next);
  }

  /** Timers come before the answers that arrived meanwhile: a process that stood still looks at those first. */
  function idleSoon(): void {
    const seen = begun;
    const ifStill = (then: () => void) => (): void => {
      if (underWay === 0 && begun === seen) then();
    };
    setTimeout(ifStill(() => setImmediate(ifStill(() => setImmediate(ifStill(() => { change(false); }))))), IDLE_AFTER_MS);
  }

  async function during<T>(work: () => Promise<T>): Promise<T> {
    underWay += 1;
    begun += 1;
    change(true);
    try {
      return await work();
    } finally {
      underWay -= 1;
      if (underWay === 0) idleSoon();
    }
  }

  return {
    get isWorking() {
      return isWorking;
    },
    overTransport: (transport) => ({ exchange: (request, signal) => during(() => transport.exchange(request, signal)) }),
    overScans: (scan) => (...asked) => during(() => scan(...asked)),
    overDisk: (disk) => ({
      read: (name) => during(() => disk.read(name)),
      writeDurably: (name, content) => during(() => disk.writeDurably(name, content)),
      rename: (from, to) => during(() => disk.rename(from, to)),
      syncFolder: () => during(() => disk.syncFolder()),
    }),
  };
}
