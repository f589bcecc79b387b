// The state in PostgreSQL keeps the contracts that the file keeps, with what production writes with, on a real server.
import { afterAll, beforeAll, expect, vi } from "vitest";
import { openTenantState } from "../../../src/adapters/postgres/tenant-state.ts";
import { readWhole, replaceWhole } from "../../../src/adapters/postgres/whole-state.ts";
import { describeOpenState, type StateBed } from "../../contracts/open-state-contract.ts";
import { describeWholeState, type WholeBed } from "../../contracts/whole-state-contract.ts";
import { startTestDatabase, type TestDatabase } from "../../support/postgres-database.ts";

vi.setConfig({ testTimeout: 120_000 }); // a server and its test share a machine that may be busy

let shared: TestDatabase;
let beds = 0;
beforeAll(async () => { shared = await startTestDatabase(); }, 60_000);
afterAll(() => shared.close());

/** One server and one database for all: what lies beside must not matter. */
function createBed(): Promise<StateBed & WholeBed> {
  const { database, server } = shared;
  beds += 1;
  const tenant = `conta ${beds}`;
  const read = (): ReturnType<typeof readWhole> => readWhole(database, tenant);
  return Promise.resolve({
    open: (zone) => openTenantState({ database, tenant, zone, conducts: true, onTaken: () => undefined }),
    look: read,
    put: async (state, zone) => { expect(await replaceWhole({ database, tenant, zone, state })).toEqual({ ok: true }); },
    read,
    breakDisk: () => server.stop(),
    mendDisk: () => server.start(),
    remove: () => server.start(),
  });
}

describeWholeState("PostgreSQL", createBed);
describeOpenState("PostgreSQL", { createBed, knowsWriters: true });
