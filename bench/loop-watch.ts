// How long the event loop is held at a time: a timer that is due every millisecond, and by how much it comes late.
// Beside the wall time of each hold: the CPU time that this thread itself had in it, and the garbage collection in it.
import { PerformanceObserver } from "node:perf_hooks";

export interface Hold {
  readonly startMs: number;
  readonly wallMs: number;
  /** Less than the wall time where other processes had the processor meanwhile. */
  readonly cpuMs: number;
}

export interface HoldsSeen {
  readonly longestMs: number;
  /** CPU time of this thread in the longest hold. */
  readonly longestCpuMs: number;
  /** Garbage collection in the longest hold. */
  readonly longestGcMs: number;
  /** The most CPU time that this thread had in any hold: what an idle machine would have shown, at most. */
  readonly mostCpuMs: number;
  readonly over50: number;
  readonly p99Ms: number;
  readonly longestGcPauseMs: number;
}

const TICK_MS = 1;
/** Shorter ones need not be remembered one by one. */
const WORTH_KEEPING_MS = 10;

export function watchLoop(): { stop(): HoldsSeen } {
  const holds: Hold[] = [];
  const lengths: number[] = [];
  const pauses: { startMs: number; endMs: number }[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) pauses.push({ startMs: startTime, endMs: startTime + duration });
  });
  observer.observe({ entryTypes: ["gc"] });
  let lastMs = performance.now();
  let lastCpuMs = threadCpuMs();
  const tick = (): void => {
    const [nowMs, cpuMs] = [performance.now(), threadCpuMs()];
    const wallMs = nowMs - lastMs - TICK_MS;
    lengths.push(wallMs);
    if (wallMs >= WORTH_KEEPING_MS) holds.push({ startMs: lastMs, wallMs, cpuMs: cpuMs - lastCpuMs });
    [lastMs, lastCpuMs] = [nowMs, cpuMs];
  };
  const timer = setInterval(tick, TICK_MS);

  const gcIn = ({ startMs, wallMs }: Hold): number =>
    pauses.reduce((sum, pause) => sum + Math.max(0, Math.min(pause.endMs, startMs + wallMs + TICK_MS) - Math.max(pause.startMs, startMs)), 0);

  return {
    stop() {
      clearInterval(timer);
      tick();
      observer.disconnect();
      const longest = holds.reduce<Hold | null>((most, hold) => (most === null || hold.wallMs > most.wallMs ? hold : most), null);
      const sorted = lengths.toSorted((a, b) => a - b);
      return {
        longestMs: sorted.at(-1) ?? 0,
        longestCpuMs: longest?.cpuMs ?? 0,
        longestGcMs: longest === null ? 0 : gcIn(longest),
        mostCpuMs: Math.max(0, ...holds.map(({ cpuMs }) => cpuMs)),
        over50: lengths.filter((wallMs) => wallMs > 50).length,
        p99Ms: Math.max(0, sorted[Math.floor(sorted.length * 0.99)] ?? 0),
        longestGcPauseMs: Math.max(0, ...pauses.map(({ startMs, endMs }) => endMs - startMs)),
      };
    },
  };
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
