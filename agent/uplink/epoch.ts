// Tells the times apart between which the network, or what is set of it, was another.
import type { NetworkState } from './network.ts';

/** A number that is another one as soon as either has changed; a new reading that says the same changes nothing. */
export function createEpoch(current: () => NetworkState, settings: () => unknown): () => number {
  let epoch = 0;
  let state: NetworkState | null = null;
  let text = '';
  let set = settings();
  return () => {
    const [now, nowSet] = [current(), settings()];
    if (now !== state) {
      state = now;
      const said = JSON.stringify(now);
      if (said !== text) epoch += 1;
      text = said;
    }
    if (nowSet !== set) epoch += 1;
    set = nowSet;
    return epoch;
  };
}
