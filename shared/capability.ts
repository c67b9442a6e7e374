// The two capabilities(7) that the agent has a use for, in the masks that the kernel tells of a process. Pure.

/** Their numbers in linux/capability.h. */
const numbers = { CAP_NET_ADMIN: 12n, CAP_NET_RAW: 13n } as const;

export type Capability = keyof typeof numbers;

const names = ['CAP_NET_ADMIN', 'CAP_NET_RAW'] as const satisfies readonly Capability[];

/** Those that stand in one of the masks of hexadecimal digits. */
export const capabilitiesIn = (masks: readonly string[]): Capability[] =>
  names.filter((name) => masks.some((mask) => ((BigInt(`0x${mask}`) >> numbers[name]) & 1n) === 1n));

/** Those that a process has in effect, by its /proc/PID/status (proc_pid_status(5)); none where that does not say. */
export const effectiveIn = (status: string): Capability[] =>
  capabilitiesIn(/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.slice(1) ?? []);
