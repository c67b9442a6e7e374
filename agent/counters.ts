// What the kernel has counted on an interface since it was made: bytes of frames, the link's headers among them.
import { readFileSync } from 'node:fs';

/** Null where there is no such interface. `sysfs` is where the kernel shows them (sysfs-class-net-statistics). */
export function interfaceCounters(
  interfaceName: string,
  sysfs = '/sys/class/net',
): { rxBytes: number; txBytes: number } | null {
  const read = (counter: string): number =>
    Number(readFileSync(`${sysfs}/${interfaceName}/statistics/${counter}`, 'latin1'));
  try {
    return { rxBytes: read('rx_bytes'), txBytes: read('tx_bytes') };
  } catch {
    return null;
  }
}
