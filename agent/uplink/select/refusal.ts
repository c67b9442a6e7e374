// Which commands are refused: those that the selection would not follow. Pure.
import type { FailoverCommand } from '../../../shared/failover.ts';
import { quoted } from '../../../shared/issues.ts';
import { nearest } from '../../../shared/nearest.ts';
import { judgeAll, worksBeside } from './judged.ts';
import type { Candidate } from './terms.ts';
import { told } from './words.ts';

interface Judgeable {
  candidates: readonly Candidate[];
  active: string | null;
}

/**
 * Why a command can't be obeyed, as things stand in all families; null where it can. `uplinks` are those of the file, each
 * with what keeps it from being measured; null where nothing does.
 */
export function refusalOf(
  command: FailoverCommand,
  uplinks: ReadonlyMap<string, string | null>,
  families: readonly Judgeable[],
): string | null {
  if (command.action !== 'force') return null;
  const { uplink } = command;
  const unmeasured = uplinks.get(uplink) ?? null;
  if (unmeasured !== null) return `force: ${uplink} ${unmeasured}`;
  if (!uplinks.has(uplink)) {
    const known = [...uplinks.keys()];
    const meant = nearest(uplink, known);
    const hint = meant === null ? `there are: ${known.join(', ')}` : `did you mean ${meant}?`;
    return `force: there is no uplink ${quoted(uplink)}; ${hint}`;
  }
  const obstacles: string[] = [];
  for (const { candidates, active } of families) {
    const judged = judgeAll(candidates, active);
    const wanted = judged.find(({ name }) => name === uplink);
    if (wanted === undefined) continue;
    if (wanted.answers > 0) return null;
    const other = worksBeside(judged, uplink);
    if (other !== undefined) obstacles.push(`force: ${told(wanted)} while ${told(other)}`);
  }
  return obstacles[0] ?? null;
}
