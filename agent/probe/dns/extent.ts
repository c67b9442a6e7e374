// How far a DNS message reaches (RFC 1035 §4.1), without reading its records. Pure.

export const headerBytes = 12;

/** Behind the name at `at`; null where it is not yet over. */
function behindName(payload: Buffer, at: number): number | null {
  for (let next = at; next < payload.length;) {
    const length = payload[next] ?? 0;
    if (length === 0) return next + 1;
    if (length >= 0xc0) return next + 2;
    next += length + 1;
  }
  return null;
}

/** Whether a message ends before the last of the records that its head announces: dns-packet reads on in the void. */
export function endsEarly(payload: Buffer): boolean {
  const [questions = 0, ...records] = [4, 6, 8, 10].map((at) => payload.readUInt16BE(at));
  const all = records.reduce((sum, count) => sum + count, 0);
  let at: number = headerBytes;
  for (let index = 0; index < questions + all; index++) {
    const fixed = behindName(payload, at);
    if (fixed === null) return true;
    const isQuestion = index < questions;
    at = fixed + (isQuestion ? 4 : 10);
    if (at > payload.length) return true;
    if (!isQuestion) at += payload.readUInt16BE(at - 2);
    if (at > payload.length) return true;
  }
  return false;
}
