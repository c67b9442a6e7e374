// ICMP multi-part messages: MPLS labels that a router shows behind the packet it quotes (RFC 4884, RFC 4950). Pure.
import type { MplsLabel } from './echo.ts';
import { internetChecksum } from './bytes.ts';

const version = 2;
const mplsClass = 1;
const mplsIncoming = 1;
/** Routers from before RFC 4884 give no length; the quote is then 128 bytes (its §5.5). */
const quoteBytesWithoutLength = 128;

function labelsOf(bytes: Buffer, from: number, to: number): MplsLabel[] {
  const labels: MplsLabel[] = [];
  for (let at = from; at + 4 <= to; at += 4) {
    const entry = bytes.readUInt32BE(at);
    labels.push({ label: entry >>> 12, trafficClass: (entry >>> 9) & 7, ttl: entry & 0xff });
  }
  return labels;
}

/**
 * Labels in [quote, length). `quotedBytes`: the length field of the ICMP header in bytes, 0 where there was none.
 * Whatever does not check (version, checksum, lengths) gives none: labels are a courtesy, not a proof.
 */
export function mplsLabels(bytes: Buffer, quote: number, quotedBytes: number, length: number): MplsLabel[] {
  const at = quote + (quotedBytes === 0 ? quoteBytesWithoutLength : quotedBytes);
  if (at + 8 > length || (bytes[at] ?? 0) >>> 4 !== version) return [];
  const checked = bytes.readUInt16BE(at + 2) === 0 || internetChecksum(bytes, at, length) === 0;
  if (!checked) return [];
  const labels: MplsLabel[] = [];
  for (let object = at + 4; object + 4 <= length;) {
    const objectBytes = bytes.readUInt16BE(object);
    if (objectBytes < 4 || object + objectBytes > length) break;
    if (bytes[object + 2] === mplsClass && bytes[object + 3] === mplsIncoming) {
      labels.push(...labelsOf(bytes, object + 4, object + objectBytes));
    }
    object += objectBytes;
  }
  return labels;
}
