// Large answers that arrive together are decoded at once by whoever gets them, 20 ms and more each: one after the other within one
// turn of the event loop they would hold up timers and the watchdog.

/** Lets one caller pass per turn of the event loop. */
export function createTurnstile(): () => Promise<void> {
  let last = Promise.resolve();
  return () => (last = last.then(() => new Promise((resolve) => { setImmediate(resolve); })));
}
