// The echoes by which uplinks are measured: bound to the interface and addressed to its gateway, so that they need no route.
import type { Exit, Way } from '../../shared/way.ts';
import type { Traffic } from '../../shared/result.ts';
import { messageOf } from '../../shared/thrown.ts';
import type { Packets } from '../packet/index.ts';
import type { Uplinks } from '../uplink/index.ts';
import type { Came, EchoOrder, SendEcho } from '../uplink/measuring/echo.ts';

const hopLimit = 64;
/** The shortest: on a capped line each byte counts. */
const payloadBytes = 8;

export interface EchoParts {
  packets: Pick<Packets, 'echo'>;
  uplinks: Pick<Uplinks, 'wayNow' | 'watchDrops'>;
  spent(uplink: string | null, traffic: Traffic): void;
}

const nothing: Traffic = { packetsSent: 0, packetsReceived: 0, bytesSent: 0, bytesReceived: 0 };

export const createEchoes =
  ({ packets, uplinks, spent }: EchoParts) =>
  (exit: Exit): SendEcho => {
    const came = (bytes: number): void =>
      spent(exit.uplink, { ...nothing, packetsReceived: 1, bytesReceived: bytes });

    async function send({ destination, waitMs, late }: EchoOrder, way: Way): Promise<Came> {
      const drops = uplinks.watchDrops(way, destination);
      const echo = { ...way, destination, hopLimit, payloadBytes, waitMs };
      const answer = await packets.echo(echo, undefined, {
        sent: (bytes) => spent(exit.uplink, { ...nothing, packetsSent: 1, bytesSent: bytes }),
        again(what, bytes) {
          came(bytes);
          if (what === 'late') late();
        },
      });
      if (answer.type === 'silence') {
        const dropped = (await drops?.()) ?? null;
        return dropped === null
          ? { type: 'silence', left: answer.left }
          : { type: 'local', why: dropped.message };
      }
      came(answer.bytes);
      return answer.type === 'reply' ? { type: 'reply', rttMs: answer.rttMs } : { type: 'refused' };
    }

    return async (order) => {
      try {
        return await send(order, uplinks.wayNow(exit, order.destination));
      } catch (error) {
        // Whatever keeps it from leaving is this machine's: what the link lacks is seen by others.
        return { type: 'local', why: messageOf(error) };
      }
    };
  };
