// What the gateway of an uplink shows of itself: whether the kernel finds it, and whether it answers echoes.
import type { GatewaySigns } from '../health/place.ts';
import type { SendEcho } from './echo.ts';

const waitMs = 250;

export interface Gateway {
  signs(): GatewaySigns;
  /** Sends it an echo, unless one is under way; resolves when it is over. Never rejects. */
  ask(address: string): Promise<void>;
  /** Nothing that was to leave by it did. */
  unresolved(): void;
  /** Another one, of which nothing is known. */
  changed(): void;
}

const nothingKnown: GatewaySigns = { neighbour: 'unknown', echoes: 'never' };

export function createGateway(send: SendEcho): Gateway {
  let signs = nothingKnown;
  let asking: Promise<void> | null = null;
  let which = 0;

  async function ask(destination: string): Promise<void> {
    const asked = which;
    const came = await send({ destination, waitMs, late: () => undefined });
    if (asked !== which || came.type === 'local') return;
    if (came.type !== 'silence') signs = { neighbour: 'found', echoes: 'answered' };
    else {
      const neighbour = came.left === false ? 'failed' : 'found';
      signs = { neighbour, echoes: signs.echoes === 'never' ? 'never' : 'stopped' };
    }
  }

  return {
    signs: () => signs,
    ask(address) {
      if (asking !== null) return asking;
      const mine = ask(address).finally(() => {
        if (asking === mine) asking = null;
      });
      asking = mine;
      return mine;
    },
    unresolved() {
      signs = { ...signs, neighbour: 'failed' };
    },
    changed() {
      which += 1;
      asking = null;
      signs = nothingKnown;
    },
  };
}
