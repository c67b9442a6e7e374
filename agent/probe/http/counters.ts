// An interface's own counters: what curl put on the uplink, since its sockets can't be asked.
import { existsSync, readFileSync } from 'node:fs';
import { noTraffic } from '../../../shared/measurement.ts';
import type { Traffic } from '../../../shared/result.ts';

/** What /proc/net/dev (proc(5)) counts of an interface; all zero where it is not there. Pure. */
export function countersIn(text: string, interfaceName: string): Traffic {
  const start = `${interfaceName}:`;
  const row = text
    .split('\n')
    .map((line) => line.trimStart())
    .find((line) => line.startsWith(start));
  const numbers = row?.slice(start.length).trim().split(/\s+/).map(Number);
  const [bytesReceived, packetsReceived, , , , , , , bytesSent, packetsSent] = numbers ?? [];
  if (bytesReceived === undefined || packetsReceived === undefined) return noTraffic;
  if (bytesSent === undefined || packetsSent === undefined) return noTraffic;
  return { packetsSent, packetsReceived, bytesSent, bytesReceived };
}

/** With how many bytes of the link's header an interface counts each packet. */
export interface LinkHeaders {
  sentBytes: number;
  receivedBytes: number;
}

/**
 * What went by in between, as IP packets: each was counted with the header of the link. None where the interface was
 * made anew meanwhile, which begins at zero. Not exact where a card's driver splits and joins packets (TSO, GRO) or
 * counts checksums of frames. Pure.
 */
export function trafficBetween(before: Traffic, after: Traffic, link: LinkHeaders): Traffic {
  const packetsSent = Math.max(0, after.packetsSent - before.packetsSent);
  const packetsReceived = Math.max(0, after.packetsReceived - before.packetsReceived);
  const bytesSent = after.bytesSent - before.bytesSent - packetsSent * link.sentBytes;
  const bytesReceived = after.bytesReceived - before.bytesReceived - packetsReceived * link.receivedBytes;
  return {
    packetsSent,
    packetsReceived,
    bytesSent: Math.max(0, bytesSent),
    bytesReceived: Math.max(0, bytesReceived),
  };
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // the interface has gone
  }
}

const etherType = 1; // ARPHRD_ETHER (linux/if_arp.h): Ethernet, Wi-Fi, and modems that act so
const etherHeaderBytes = 14;

/** What sysfs tells of it; a bridge counts what it receives without a header (measured). */
export function linkHeadersOf(interfaceName: string, sysfs = '/sys/class/net'): LinkHeaders {
  const type = Number.parseInt(contentOf(`${sysfs}/${interfaceName}/type`), 10);
  if (type !== etherType) return { sentBytes: 0, receivedBytes: 0 };
  const isBridge = existsSync(`${sysfs}/${interfaceName}/bridge`);
  return { sentBytes: etherHeaderBytes, receivedBytes: isBridge ? 0 : etherHeaderBytes };
}

/** Begins to count; the function it gives says what went by an interface since. */
export function countTraffic(interfaceName: string): () => Traffic {
  const look = (): Traffic => countersIn(contentOf('/proc/self/net/dev'), interfaceName);
  const link = linkHeadersOf(interfaceName);
  const before = look();
  return () => trafficBetween(before, look(), link);
}
