// Ends mutes when their time comes: each end is committed with the card that it owes. One that passed while the monitor was down ends at once.
import type { Mute } from "../domain/mute.ts";
import { endMutes, failingDevices, overMutes } from "../domain/mute-changes.ts";
import { deviceName } from "../domain/plant.ts";
import type { Happening } from "../ports/telemetry.ts";
import { notified, type Context, type Settings } from "./context.ts";

export interface MuteKeeper {
  /** Until the stop signal. */
  endForever(): Promise<void>;
  /** The state changed: the next end may be another, and the clock, looked at anew, may have been set. */
  wake(): void;
}

export function createMuteKeeper(context: Context): MuteKeeper {
  const { clock, ledger, stop } = context;
  let nap = new AbortController();
  stop.addEventListener("abort", () => { nap.abort(); });
  return {
    wake: () => { nap.abort(); },
    async endForever() {
      while (!stop.aborted) {
        nap = new AbortController();
        const now = clock.now();
        const over = overMutes(ledger.state, now);
        if (over.length > 0) await endNow(context, over, null);
        else await clock.sleepUntil(Math.min(...ledger.state.monitor.mutes.map(({ until }) => until)), nap.signal);
      }
    },
  };
}

/** What ending a mute needs: the running monitor has it, and so has the command line, where none is running. */
export interface MuteParts extends Pick<Context, "clock" | "ledger" | "telemetry"> {
  readonly settings: Pick<Settings, "rulesOf">;
}

/** Resolves once a save that holds the end has itself ended. `endedBy` null: their time has come. */
export async function endNow({ clock, ledger, telemetry, settings }: MuteParts, ended: readonly Mute[], endedBy: string | null): Promise<void> {
  const now = clock.now();
  const { plants } = ledger.state;
  const told = ended.flatMap((mute): Happening[] => {
    const plant = plants.get(mute.plantId);
    if (plant === undefined) return [];
    const name = mute.device === null ? null : deviceName(plant, mute.device);
    return [{ kind: "mute.ended", mute, plant: notified(plant.info, settings), name, endedBy, failing: failingDevices(plant, mute.device).length }];
  });
  for (const happening of told) telemetry.tell(happening);
  await ledger.commit((state) => endMutes(state, ended, endedBy, now, settings.rulesOf));
}
