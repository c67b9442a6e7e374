// One interface's sockets of one family over time: opened when first needed, and anew when they broke or the interface did.
import type { Family } from '../../shared/ip.ts';
import type { Datagram } from './icmp.ts';
import { type Ear, type InterfaceSockets, openSockets } from './sockets.ts';

const reopenAfterMs = 20;
/** Asking the kernel takes 4 µs, a third of what an echo costs. */
const boundFreshMs = 10;

export interface Line {
  /** Sockets bound to the interface that bears the name now. Throws Failure: noRawSockets, interfaceMissing. */
  ready(): InterfaceSockets;
  /** Reads whatever the kernel holds by now. */
  drain(): void;
  /** Closes its sockets where the interface that they were bound to is gone. */
  closeIfGone(): void;
  /** Closes its sockets until they are needed again. */
  rest(): void;
  /** Whether this interface's driver says when packets leave: true once it did. */
  tellsLeaving(): boolean;
  close(): void;
}

export interface LineListeners {
  heard(datagram: Datagram, ear: Ear): void;
  /** Whether it is the copy of a packet of ours: one that nobody can read (of a tunnel's outside, say) tells of none. */
  left(datagram: Datagram): boolean;
}

export function createLine(
  interfaceName: string,
  family: Family,
  ears: readonly Ear[],
  { heard, left }: LineListeners,
  onReopened: (interfaceName: string, why: string) => void,
): Line {
  let sockets: InterfaceSockets | null = null;
  let reopening: NodeJS.Timeout | null = null;
  let closed = false;
  let tellsLeaving = false;
  let checkedMs = -Infinity;

  /** What the old sockets still hold is read first: an answer, or that an echo left. New ones tell of neither. */
  const discard = (): void => {
    const old = sockets;
    sockets = null;
    old?.drain();
    old?.close();
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
    if (sockets !== null && performance.now() - checkedMs > boundFreshMs) {
      checkedMs = performance.now();
      if (!sockets.bound()) {
        discard();
        onReopened(interfaceName, 'the interface was renamed or made anew');
      }
    }
    if (sockets === null) {
      let opened: InterfaceSockets | null = null;
      opened = openSockets(interfaceName, family, ears, {
        heard,
        left(datagram) {
          tellsLeaving = left(datagram) || tellsLeaving;
        },
        broken() {
          if (sockets === null || sockets !== opened) return;
          onReopened(interfaceName, 'the socket broke');
          broke();
        },
      });
      sockets = opened;
    }
    return sockets;
  };

  return {
    ready,
    drain: () => sockets?.drain(),
    closeIfGone() {
      if (sockets !== null && !sockets.bound()) discard();
    },
    rest: discard,
    tellsLeaving: () => tellsLeaving,
    close() {
      closed = true;
      if (reopening !== null) clearTimeout(reopening);
      discard();
    },
  };
}
