// One interface's sockets over time: opened when first needed, and anew when they broke or the interface did.
import type { Pacer } from './pacing.ts';
import { type Datagram, type InterfaceSockets, openSockets } from './sockets.ts';

const reopenAfterMs = 20;

export interface Line {
  readonly pacer: Pacer;
  /** Sockets bound to the interface that bears the name now. Throws Failure: noRawSockets, interfaceMissing. */
  ready(): InterfaceSockets;
  drain(): void;
  close(): void;
}

export function createLine(
  interfaceName: string,
  pacer: Pacer,
  heard: (datagram: Datagram) => void,
  onReopened: (interfaceName: string, why: string) => void,
): Line {
  let sockets: InterfaceSockets | null = null;
  let reopening: NodeJS.Timeout | null = null;
  let closed = false;

  const discard = (): void => {
    sockets?.close();
    sockets = null;
  };
  /** Answers on their way are heard by the new sockets; an interface that stays away is said to the next sender. */
  const broke = (): void => {
    discard();
    reopening ??= setTimeout(() => {
      reopening = null;
      try {
        if (!closed) ready();
      } catch {
        discard();
      }
    }, reopenAfterMs);
  };
  const ready = (): InterfaceSockets => {
    // A renamed interface takes its sockets along; a recreated one leaves them deaf for ever (measured).
    if (sockets !== null && !sockets.bound()) {
      discard();
      onReopened(interfaceName, 'the interface was renamed or made anew');
    }
    if (sockets === null) {
      const opened = openSockets(interfaceName, heard, () => {
        if (sockets !== opened) return;
        onReopened(interfaceName, 'the socket broke');
        broke();
      });
      sockets = opened;
    }
    return sockets;
  };

  return {
    pacer,
    ready,
    drain: () => sockets?.drain(),
    close() {
      closed = true;
      if (reopening !== null) clearTimeout(reopening);
      pacer.stop();
      discard();
    },
  };
}
