// What probes put on the uplink, added up. Pure.
import type { Traffic } from '../../shared/result.ts';

export const addTraffic = (one: Traffic, other: Traffic): Traffic => ({
  packetsSent: one.packetsSent + other.packetsSent,
  packetsReceived: one.packetsReceived + other.packetsReceived,
  bytesSent: one.bytesSent + other.bytesSent,
  bytesReceived: one.bytesReceived + other.bytesReceived,
});
