// How each family writes and reads ICMP.
import type { Family } from '../../shared/ip.ts';
import type { Dialect } from './icmp.ts';
import { icmp4 } from './icmp4.ts';
import { icmp6 } from './icmp6.ts';

export const dialects: Readonly<Record<Family, Dialect>> = { 4: icmp4, 6: icmp6 };
