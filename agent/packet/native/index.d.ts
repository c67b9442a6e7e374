/** The descriptor whose SO_COOKIE is these 8 bytes, or -1. */
export function findDescriptor(cookie: Buffer): number;
/** Turns kernel arrival stamps on (and, on an IPv6 socket, received hop limits). Throws with strerror's text. */
export function enableStamps(descriptor: number): void;
/**
 * One datagram without waiting: its length, or -1 where none is there. `arrival` (32 bytes or more) is filled with:
 * the arrival in CLOCK_REALTIME microseconds (double at 0; 0 = none), the IPv6 hop limit (int32 at 8; -1 = none)
 * and the source address (4 or 16 bytes at 12). Throws with strerror's text.
 */
export function receive(descriptor: number, into: Buffer, arrival: Buffer): number;
/** Turns on stamps of what leaves by a socket. Throws with strerror's text. */
export function enableSendStamps(descriptor: number): void;
/** As receive(), for a copy of a packet that has left (link header first): `arrival` holds when the driver took it. */
export function receiveSent(descriptor: number, into: Buffer, arrival: Buffer): number;
/** CLOCK_REALTIME now, in microseconds (a double holds it to a quarter of one). */
export function realtimeUs(): number;
