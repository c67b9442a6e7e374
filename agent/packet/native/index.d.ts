/** The descriptor whose SO_COOKIE is these 8 bytes, or -1; it is closed to the programs that the process starts from now on. */
export function findDescriptor(cookie: Buffer): number;
/**
 * Closes all descriptors above 2 that are open now to the programs that the process starts from now on (FD_CLOEXEC,
 * fcntl(2); close_range(2)). Throws with strerror's text.
 */
export function closeOnExec(): void;
/** Turns kernel arrival stamps on (and, on an IPv6 socket, received hop limits). Throws with strerror's text. */
export function enableStamps(descriptor: number): void;
/**
 * As many datagrams as there are, without waiting, up to one for each 32 bytes of `arrivals` (at most 32); returns how
 * many. `into` is cut evenly, a place for each. Their arrivals hold: when, in CLOCK_REALTIME microseconds (double at 0;
 * 0 = not known), the IPv6 hop limit (int32 at 8; -1 = not known), the length (int32 at 12) and the source address (4 or
 * 16 bytes at 16). Throws with strerror's text.
 */
export function receive(descriptor: number, into: Buffer, arrivals: Buffer): number;
/** Turns on stamps of what leaves by a socket. Throws with strerror's text. */
export function enableSendStamps(descriptor: number): void;
/** As receive(), for copies of packets that have left (link header first): when the driver took them. */
export function receiveSent(descriptor: number, into: Buffer, arrivals: Buffer): number;
/** CLOCK_REALTIME now, in microseconds (a double holds it to a quarter of one). */
export function realtimeUs(): number;
/** Whether the kernel was told that its clock is synchronised (STA_UNSYNC, adjtimex(2)). Throws with strerror's text. */
export function isClockSynchronised(): boolean;
