// What the proof looks for in the database: an audit of every version that was ever written of a plant, and whether all is told and read.
import type { PostgresServer } from "../../src/cli/demo/postgres-server.ts";
import { readPlants } from "../../src/adapters/postgres/tenant-rows.ts";
import type { EpochMs } from "../../src/domain/local-time.ts";
import { z } from "zod";

const AUDIT = `
  CREATE TABLE public.version_audit (tenant text, id text, version bigint, at timestamptz DEFAULT clock_timestamp());
  CREATE FUNCTION public.note_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO public.version_audit (tenant, id, version) VALUES (NEW.tenant, NEW.id, NEW.version); RETURN NULL; END $$;
  CREATE TRIGGER note_version AFTER INSERT OR UPDATE ON pvmonitor.plant FOR EACH ROW EXECUTE FUNCTION public.note_version();`;

const counts = z.tuple([z.object({ written: z.number(), twice: z.number(), jumped: z.number() })]);
const owed = z.tuple([z.object({ owed: z.number() })]);

export interface Rows {
  /** Cards that wait. */
  readonly owed: number;
  /** Plants with a device whose mark is not its last reading. */
  readonly behind: readonly string[];
}

export interface Versions {
  readonly written: number;
  readonly wrong: readonly string[];
}

export interface ProofRows {
  watchVersions(): Promise<void>;
  look(): Promise<Rows>;
  versions(): Promise<Versions>;
}

/** `lastReading`: of every device. */
export function lookInto(server: PostgresServer, address: string, tenant: string, lastReading: EpochMs): ProofRows {
  return {
    async watchVersions() {
      await server.execute(AUDIT, address);
    },
    async look() {
      const plants = await readPlants((text, values = []) => server.execute(filled(text, values), address), tenant);
      const behind = plants.filter(({ plant }) => [...plant.relay.devices.values(), ...plant.inverter.devices.values()].some(({ mark }) => mark !== lastReading) || plant.inverter.devices.size === 0);
      const [{ owed: count }] = owed.parse(await server.execute("SELECT count(*)::int AS owed FROM pvmonitor.outbox", address));
      return { owed: count, behind: behind.map(({ plant }) => plant.info.id) };
    },
    async versions() {
      const [{ written, twice, jumped }] = counts.parse(await server.execute(`
        SELECT count(*)::int AS written, (count(*) - count(DISTINCT (tenant, id, version)))::int AS twice,
          (SELECT count(*)::int FROM (SELECT count(*) AS n, max(version) AS newest FROM public.version_audit GROUP BY tenant, id) AS each WHERE n <> newest) AS jumped
        FROM public.version_audit`, address));
      return {
        written,
        wrong: [...(twice > 0 ? [`${twice} versions of plants were written twice`] : []), ...(jumped > 0 ? [`versions of ${jumped} plants have holes`] : [])],
      };
    },
  };
}

/** The server's superuser asks with plain text; the tenant is all that is asked for. */
function filled(text: string, values: readonly unknown[]): string {
  return text.replaceAll(/\$(\d)/g, (_, place: string) => `'${String(values[Number(place) - 1]).replaceAll("'", "''")}'`);
}
