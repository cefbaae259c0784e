import { setImmediate as turn } from "node:timers/promises";
import type { Place } from "./place.ts";

/** Looks at a place all the time; what it sees must be a state of the list, never an earlier one than before, and not go away. */
export function watch(place: Place, states: string[]) {
  let going = true;
  let reads = 0;
  const done = (async () => {
    let there = false;
    for (let last = 0; going; reads += 1) {
      const text = await place.read();
      const found = text === undefined ? -1 : states.indexOf(text, last);
      if (found < 0 && (text !== undefined || there))
        throw new Error(`a reader saw ${text?.length} bytes that were no state`);
      there ||= text !== undefined;
      last = Math.max(last, found);
      await turn();
    }
  })();
  const stop = async (): Promise<number> => {
    going = false;
    await done;
    return reads;
  };
  return { stop };
}
