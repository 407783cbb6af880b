/** Resolves at the first of these signals; the second one ends the process on the spot. */
export function stopSignal(signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of signals) {
      process.on(signal, () => {
        // Instances are killed by the handler of the process's own exit.
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
    }
  });
}
