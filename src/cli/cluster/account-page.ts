// The page of an account on any worker: it shows what is in the database, a few seconds old, and writes mutes there.
import { createPostgresHistory } from "../../adapters/postgres/history/history.ts";
import { openTenantState } from "../../adapters/postgres/tenant-state.ts";
import { createSystemClock } from "../../adapters/system/system-clock.ts";
import { createCourier } from "../../app/deliver-outbox.ts";
import { createKnownDays } from "../../app/known-days.ts";
import { createGuestLedger } from "../../app/ledger.ts";
import { createNewsOfTheDay } from "../../app/news-of-the-day.ts";
import type { Running } from "../../app/supervisor.ts";
import { localDate, SECOND_MS } from "../../domain/local-time.ts";
import { wireMonitor } from "../../wire.ts";
import type { Metrics } from "../../adapters/metrics/create-metrics.ts";
import type { SettingInForce } from "../../config/settings-in-force.ts";
import { createPage } from "../beside.ts";
import type { ChangeFeed } from "../page/change-feed.ts";
import type { AccountParts } from "./account.ts";

export interface AccountPageParts extends AccountParts {
  readonly settingsInForce: readonly SettingInForce[];
  readonly metrics: Metrics;
  readonly feed: ChangeFeed;
}

const REFRESH_MS = 2 * SECOND_MS;

/** Until the signal. */
export async function showAccount({ config, database, outside, log, settingsInForce, metrics, feed }: AccountPageParts, stop: AbortSignal): Promise<void> {
  const { clock } = outside;
  const real = createSystemClock();
  const open = await openTenantState({ database, tenant: config.account, zone: config.zone, conducts: false, onTaken: () => undefined });
  const history = createPostgresHistory({ database, tenant: config.account, days: config.historyDays, now: () => clock.now(), say: (news) => { log.tell(news); } });
  const parts = wireMonitor(config, outside);
  const ledger = createGuestLedger(open, clock, () => { feed.changed(); });
  const context: Running["context"] = { ...parts, ledger, isNewsOfTheDay: createNewsOfTheDay(() => localDate(clock.now(), config.zone)), knownDays: createKnownDays(), stop };
  const running: Running = { context, courier: createCourier(context), startedAt: clock.now() };
  const refresh = async (): Promise<void> => {
    while (!stop.aborted) {
      await real.sleep(REFRESH_MS, stop);
      const before = open.state;
      await open.refresh().catch(() => undefined); // a page that is some seconds older
      if (open.state !== before) feed.changed();
      await ledger.flush(); // what was asked for while the database was away looks in force here: it is to become so
    }
  };
  try {
    await Promise.all([refresh(), createPage({ config, clock, log, settingsInForce, history, feed, metrics })(running)]);
  } finally {
    await history.close();
  }
}
