// The powers that the user's programs must not have, and how setpriv(1) takes them. Pure.
import { capabilitiesIn } from '../../shared/capability.ts';

const taken = '-net_raw,-net_admin';

/**
 * setpriv's options. Ambient capabilities pass to a program as they are; root's programs get all that is in the
 * bounding set, which takes CAP_SETPCAP to make smaller. Should the agent be killed, the program's first process is asked
 * to end too, and it alone: what that has started goes on (PR_SET_PDEATHSIG, prctl(2)).
 */
export const dropping = (asRoot: boolean): string[] => [
  `--inh-caps=${taken}`,
  `--ambient-caps=${taken}`,
  ...(asRoot ? [`--bounding-set=${taken}`] : []),
  '--pdeathsig=TERM',
];

/** Which of them a process has or can take, by its /proc/PID/status; null where that does not say. */
export function stillHeld(status: string): string[] | null {
  const masks = [...status.matchAll(/^Cap(?:Inh|Prm|Eff|Amb):\s*([0-9a-f]+)$/gm)].flatMap((match) =>
    match.slice(1),
  );
  return masks.length === 4 ? capabilitiesIn(masks) : null;
}
