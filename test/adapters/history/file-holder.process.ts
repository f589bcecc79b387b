// A second process for faults.test.ts: holds the database of the path given until its input ends.
import { DatabaseSync } from "node:sqlite";

const db = new DatabaseSync(process.argv[2] ?? "");
db.exec("BEGIN EXCLUSIVE");
process.stdout.write("held\n");
process.stdin.resume();
process.stdin.once("end", () => {
  db.close();
});
