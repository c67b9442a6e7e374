// What the network says in place of an answer, in words.
import type { UnreachableReason } from '../packet/index.ts';

export const unreachableWords: Readonly<Record<UnreachableReason, string>> = {
  network: 'network unreachable',
  host: 'host unreachable',
  protocol: 'protocol unreachable',
  port: 'port unreachable',
  prohibited: 'administratively prohibited',
  packetTooBig: 'packet too big',
  other: 'unreachable',
};
