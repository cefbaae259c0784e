/**
 * Calls a task every `milliseconds`, never twice at once: a call that takes longer swallows the ticks it covers.
 *
 * @returns a function that ends it
 */
export function poll(milliseconds: number, task: () => Promise<void>): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    task().finally(() => {
      busy = false;
    });
  }, milliseconds);
  return () => clearInterval(timer);
}
