// Bugs as somebody might make them: each a small change of one source file, which the checkers of the promises must catch.

export interface Bug {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export const BUGS: readonly Bug[] = [
  {
    name: "settle before send", file: "src/app/deliver-outbox.ts",
    find: "    const message = messageOf(parcel);\n", replace: "    const message = messageOf(parcel);\n    await ledger.commit((state) => settle(state, parcel));\n",
  },
  { name: "send before commit", file: "src/app/deliver-outbox.ts", find: "nextParcels(ledger.sendable, clock.now())", replace: "nextParcels(ledger.state, clock.now())" },
  {
    name: "save before commit", file: "src/app/scan-plant.ts",
    find: "await ledger.commit(change);", replace: "{ await ledger.commit((state) => withPlant(state, plant)); await ledger.commit(change); }",
  },
  { name: "lost update", file: "src/app/deliver-outbox.ts", find: "ledger.commit((state) => settle(state, parcel))", replace: "ledger.commit(() => settle(ledger.sendable, parcel))" },
  { name: "normalize on silence", file: "src/domain/relay-detector.ts", find: "} else if (reading.hasWatched) {", replace: "} else if (reading.at > 0) {" },
  { name: "run carried over night", file: "src/domain/inverter-detector.ts", find: "gapS > GAP_FACTOR * usualIntervalS(before.intervalsS)", replace: "gapS < 0" },
  {
    name: "mark moved over readings never fetched", file: "src/app/read-days.ts",
    find: 'if (fetched.kind === "unavailable") return { days,', replace: 'if (fetched.kind === "unavailable" && date !== dates.at(-1)) continue;\n    if (fetched.kind === "unavailable") return { days,',
  },
  { name: "dates after a missing one judged", file: "src/app/read-days.ts", find: "failure === null ? all : all.filter", replace: "failure === null || true ? all : all.filter" },
  {
    name: "late reading dropped", file: "src/domain/marks.ts",
    find: "marks.devices.get(device)?.mark ?? marks.beginsAfter", replace: "marks.devices.has(device) ? newestMark(marks) ?? 0 : marks.beginsAfter",
  },
  { name: "gap of one device never fetched", file: "src/app/read-days.ts", find: "earlierDatesToAsk(marks, found,", replace: "earlierDatesToAsk(marks, [],"},
  { name: "yesterday forgotten at midnight", file: "src/domain/marks.ts", find: "return datesBetween(from > today ? today : from < earliest ? earliest : from, today);", replace: "return from === earliest ? [] : [today];" },
  { name: "inverter judged under a relay trip", file: "src/domain/hierarchy.ts", find: 'if (alerts.length === 0) return "watched";', replace: 'if (alerts.length >= 0) return "watched";' },
  { name: "wave of inverters after a trip", file: "src/domain/relay-detector.ts", find: "return ends.length === 0 ? plant :", replace: "return ends.length >= 0 ? plant :" },
  { name: "relay not asked before an inverter is told", file: "src/app/scan-plant.ts", find: "const relayUnasked = hasNewFailure &&", replace: "const relayUnasked = hasNewFailure && tries > 3 &&" },
  { name: "duplicate counted twice", file: "src/domain/inverter-detector.ts", find: "if (mark <= effectiveMark(marks, reading.device)) {", replace: "if (mark < effectiveMark(marks, reading.device)) {" },
  { name: "first of two wins", file: "src/domain/reading.ts", find: "const next = sorted[i + 1];", replace: "const next = sorted[i - 1];" },
  { name: "reading from the future believed", file: "src/domain/reading.ts", find: "at > now + FUTURE_TOLERANCE_MS", replace: "at > now + 1e12" },
  { name: "same alert told again", file: "src/domain/relay-detector.ts", find: "if (type !== undefined && !alerts.has(type)) {", replace: "if (type !== undefined) {" },
  { name: "plant dropped by a list that lacks it", file: "src/domain/listing.ts", find: "if (!present.has(id)) plants.set(id, noteMissing(plant, now));", replace: "if (!present.has(id) && noteMissing(plant, now)) plants.delete(id);" },
  {
    name: "retry that gives up", file: "src/app/deliver-outbox.ts",
    find: '} else if (outcome.kind === "retry") {', replace: '} else if (outcome.kind === "retry" && attempt > 3) {\n      await ledger.commit((state) => settle(state, parcel));\n    } else if (outcome.kind === "retry") {',
  },
  {
    name: "time-out taken for delivered", file: "src/adapters/teams/teams-messenger.ts",
    find: '      if (result.reason === "stopped") return', replace: '      if (result.reason === "timeout") return { kind: "delivered" };\n      if (result.reason === "stopped") return',
  },
  { name: "digest that drops one", file: "src/adapters/teams/digest-card.ts", find: "section(past.map(", replace: "section(past.slice(1).map(" },
  { name: "settled with those that came later", file: "src/domain/outbox.ts", find: "outbox: state.outbox.filter(({ id }) => !told.has(id)), digests", replace: "outbox: state.outbox.filter((entry) => laneOf(entry) !== laneOf(notifications[0]) && !told.has(entry.id)), digests" },
  { name: "newest first", file: "src/domain/outbox.ts", find: "const [first] = due;", replace: "const first = due.at(-1);" },
  { name: "outbox forgotten at the start", file: "src/app/ledger.ts", find: "keepIn(store, state)", replace: "keepIn(store, { ...state, outbox: [] })" },
  { name: "folder not forced to the device", file: "src/adapters/file-store/file-store.ts", find: "    await disk.rename(TEMPORARY_FILE, name);\n    await disk.syncFolder();\n", replace: "    await disk.rename(TEMPORARY_FILE, name);\n" },
  {
    name: "state written in place", file: "src/adapters/file-store/file-store.ts",
    find: "    await disk.writeDurably(TEMPORARY_FILE, content);\n    await disk.rename(TEMPORARY_FILE, name);\n", replace: "    await disk.writeDurably(name, content);\n",
  },
  { name: "timer left behind by every call", file: "src/app/finish-calls.ts", find: "      const cut = new AbortController();\n", replace: "      const cut = new AbortController();\n      void clock.sleep(1e9, cut.signal);\n" },
];

/** The source with the bug in it. Throws where the place is not there, or not the only one. */
export function planted({ name, file, find, replace }: Bug, source: string): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${name}: its place occurs ${String(parts.length - 1)} times in ${file}`);
  return parts.join(replace);
}
