// An interface's own counters: what curl put on the uplink, since its sockets can't be asked.
import { readFileSync } from 'node:fs';
import type { Traffic } from '../../../shared/result.ts';

const none: Traffic = { packetsSent: 0, packetsReceived: 0, bytesSent: 0, bytesReceived: 0 };

/** What /proc/net/dev (proc(5)) counts of an interface; all zero where it is not there. Pure. */
export function countersIn(text: string, interfaceName: string): Traffic {
  const start = `${interfaceName}:`;
  const row = text
    .split('\n')
    .map((line) => line.trimStart())
    .find((line) => line.startsWith(start));
  const numbers = row?.slice(start.length).trim().split(/\s+/).map(Number);
  const [bytesReceived, packetsReceived, , , , , , , bytesSent, packetsSent] = numbers ?? [];
  if (bytesReceived === undefined || packetsReceived === undefined) return none;
  if (bytesSent === undefined || packetsSent === undefined) return none;
  return { packetsSent, packetsReceived, bytesSent, bytesReceived };
}

/**
 * What went by in between, as IP packets: each was counted with the header of the link. None where the interface was
 * made anew meanwhile, which begins at zero. Pure.
 */
export function trafficBetween(before: Traffic, after: Traffic, linkHeaderBytes: number): Traffic {
  const packetsSent = Math.max(0, after.packetsSent - before.packetsSent);
  const packetsReceived = Math.max(0, after.packetsReceived - before.packetsReceived);
  const bytesSent = after.bytesSent - before.bytesSent - packetsSent * linkHeaderBytes;
  const bytesReceived = after.bytesReceived - before.bytesReceived - packetsReceived * linkHeaderBytes;
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

/** Begins to count; the function it gives says what went by an interface since. */
export function countTraffic(interfaceName: string): () => Traffic {
  const look = (): Traffic => countersIn(contentOf('/proc/self/net/dev'), interfaceName);
  const type = Number.parseInt(contentOf(`/sys/class/net/${interfaceName}/type`), 10);
  const before = look();
  return () => trafficBetween(before, look(), type === etherType ? etherHeaderBytes : 0);
}
