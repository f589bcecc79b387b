// What is worth a log line once a day, but not every scan.

/** Forgets all at local midnight or when it has grown absurd, and so stays small. */
const MOST_NEWS = 10_000;

/** True the first time a day that a key is asked about. */
export function createNewsOfTheDay(today: () => string): (key: string) => boolean {
  let date = today();
  let told = new Set<string>();
  return (key) => {
    if (today() !== date || told.size >= MOST_NEWS) {
      date = today();
      told = new Set();
    }
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  };
}
