// The file's schema, step by step.
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { migrate, SCHEMA_VERSION } from "../../../src/adapters/history/migrations.ts";

describe("migrations", () => {
  const FIRST = "CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1);";
  test("are taken once, in order, by files of any age", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db, [FIRST]);
    migrate(db, [FIRST, "ALTER TABLE a ADD COLUMN m INTEGER DEFAULT 2;"]);
    migrate(db, [FIRST, "ALTER TABLE a ADD COLUMN m INTEGER DEFAULT 2;"]);
    expect(db.prepare("SELECT * FROM a").all().map((row) => ({ ...row }))).toEqual([{ n: 1, m: 2 }]);
    expect(db.prepare("PRAGMA user_version").get()?.["user_version"]).toBe(2);
  });

  test("refuse a newer program's file, and another program's", () => {
    const newer = new DatabaseSync(":memory:");
    migrate(newer);
    newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    expect(() => { migrate(newer); }).toThrow("de uma versão mais nova do programa");
    const foreign = new DatabaseSync(":memory:");
    foreign.exec("CREATE TABLE a (n INTEGER)");
    expect(() => { migrate(foreign); }).toThrow("banco de dados de outro programa");
  });
});
