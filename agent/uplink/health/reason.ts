// Why an uplink's health is what it is, in a sentence for people. Pure.
import type { Health } from '../../../shared/failover.ts';
import type { Condition, Evidence } from './condition.ts';
import type { Link } from './link.ts';
import type { Quality } from './quality.ts';
import type { HealthSettings } from './settings.ts';

const linkWords: Readonly<Record<Exclude<Link, 'ready'>, string>> = {
  missing: 'the interface is missing',
  down: 'the interface is down',
  'no carrier': 'no carrier',
  'no address': 'no address',
  'no gateway': 'no gateway is known',
};

function listed(names: readonly string[], word: 'and' | 'or'): string {
  const last = names.at(-1) ?? 'nobody';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`;
}

const rounds = (count: number): string => (count === 1 ? '1 round' : `${count} rounds`);

function upReason(before: Condition, { reading }: Evidence, { down }: HealthSettings): string {
  const heard = [...reading.signs].filter(([, { silentInRow }]) => silentInRow < down);
  const names = heard.map(([target]) => target).toSorted();
  return names.length === 0 ? before.reason : `answers from ${listed(names, 'and')}`;
}

function silenceReason({ voters, needed, badInRow, signs }: Evidence['reading']): string {
  const silent = voters.every((voter) => (signs.get(voter)?.silentInRow ?? 1) > 0);
  const lasting = `for ${rounds(badInRow)}`;
  if (silent) return `no answer from ${listed(voters, 'or')} ${lasting}`;
  return `fewer than ${needed} of ${listed(voters, 'and')} answered ${lasting}`;
}

/** What took it down is what is told until it recovers, unless that is over and it is silent all the same. */
function downReason(before: Condition, seen: Evidence, { down }: HealthSettings): string {
  if (seen.link !== 'ready') return linkWords[seen.link];
  if (seen.silentBurst !== null) {
    return `no answer from ${listed(seen.silentBurst, 'or')} to a burst of ${down} echoes`;
  }
  if (before.health !== 'down') return silenceReason(seen.reading);
  const linkWasAtFault = before.place === 'carrier' || before.place === 'dhcp';
  return linkWasAtFault ? 'nothing has answered since the link came back' : before.reason;
}

function unknownReason(before: Condition, { askable, reading }: Evidence): string {
  if (askable === 'names unknown') return "its targets' names can't be resolved";
  if (askable === 'nobody') return 'there is nobody to ask: it has no gateway, and no targets';
  const { localInRow, localFault } = reading;
  return localInRow === 0 ? before.reason : `could not ask for ${rounds(localInRow)}: ${localFault}`;
}

/** The reason of the health that what is seen leads to. */
export function reasonOf(
  before: Condition,
  health: Health,
  seen: Evidence,
  { failing, lingering }: Quality,
  settings: HealthSettings,
): string {
  switch (health) {
    case 'up':
      return upReason(before, seen, settings);
    case 'degraded':
      return (failing.length > 0 ? failing : lingering).join('; ');
    case 'recovering':
      return `${seen.reading.goodInRow} of ${settings.up} good rounds in a row`;
    case 'down':
      return downReason(before, seen, settings);
    case 'unknown':
      return unknownReason(before, seen);
    case 'probing':
      return before.reason;
  }
}
