// Echoes told of while they are under way, for who wants to see a probe at work: around the packets, so that probes know
// nothing of it.
import { destinationHopLimit } from '../../probe/echoes.ts';
import type { Echo, EchoAnswer, Packets } from '../../packet/index.ts';

export interface EchoWatcher {
  /** An echo was sent; what is returned is told its answer, or null where it had none by its probe's end. */
  sent(echo: Echo): (answer: EchoAnswer | null) => void;
}

/** Whether an echo goes to the destination itself; others are to expire at a hop. */
export const isToDestination = ({ hopLimit }: Echo): boolean => hopLimit === destinationHopLimit;

export const watchedPackets = (packets: Packets, watcher: EchoWatcher): Packets => ({
  ...packets,
  echo(echo, signal, events) {
    let tell: (answer: EchoAnswer | null) => void = () => undefined;
    const answer = packets.echo(echo, signal, {
      sent(bytes) {
        tell = watcher.sent(echo);
        events?.sent(bytes);
      },
      again: (what, bytes) => events?.again(what, bytes),
    });
    answer.then((known) => tell(known)).catch(() => tell(null));
    return answer;
  },
});
