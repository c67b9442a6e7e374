// STATE_DIR: written to, and with room left. What the agent keeps there is not opened: it may be running.
import { existsSync, statSync } from 'node:fs';
import { open, readFile, rm, statfs } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf, messageOf } from '../../../shared/thrown.ts';
import type { Config } from '../../config.ts';
import type { Box } from './box.ts';
import { type Finding, ok, warning, wrong } from './report.ts';

export interface StateDirSeen {
  directory: string;
  /** The directory itself, or the nearest one there is, which it would be made in. */
  nearest: string;
  mountPoint: string;
  /** Why nothing can be written; null where it can. */
  fault: { code: string; message: string } | null;
  freeBytes: number;
  freeFiles: number;
  user: string;
}

const MB = 1e6;
/** LevelDB needs some to open at all. */
const leastBytes = 1 * MB;
const fewBytes = 50 * MB;
const fewFiles = 100;

const inMegabytes = (bytes: number): string => `${(bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)} MB`;

export function judgeStateDir(seen: StateDirSeen): Finding {
  const { directory, nearest, mountPoint, fault, freeBytes, freeFiles, user } = seen;
  const elsewhere = 'STATE_DIR=/another/folder';
  const room = [
    `df -h ${mountPoint} && sudo du -xh ${mountPoint} | sort -h | tail`,
    'sudo journalctl --vacuum-size=50M',
  ];
  if (fault !== null) {
    const sentence = `${directory} can't be written to: ${fault.message}`;
    switch (fault.code) {
      case 'EROFS':
        return wrong(null, sentence, `sudo mount -o remount,rw ${mountPoint}`, elsewhere);
      case 'ENOSPC':
      case 'EDQUOT':
        return wrong(null, sentence, ...room);
      case 'ENOTDIR':
        return wrong(null, sentence, elsewhere);
      default:
        return wrong(
          null,
          sentence,
          nearest === directory
            ? `sudo chown -R ${user} ${directory}`
            : `sudo install -d -o ${user} ${directory}`,
          elsewhere,
        );
    }
  }
  const where = nearest === directory ? directory : `${directory} (not there yet; it can be made)`;
  const left = `${where}; ${inMegabytes(freeBytes)} free`;
  if (freeBytes < leastBytes) return wrong(null, left, ...room);
  if (freeFiles < fewFiles) return warning(null, `${left}, and room for ${freeFiles} files only`, ...room);
  return freeBytes < fewBytes ? warning(null, left, ...room) : ok(null, left);
}

function nearestOf(directory: string): string {
  for (let path = directory; ; path = dirname(path))
    if (existsSync(path) || path === dirname(path)) return path;
}

/** The longest of the mount points (proc_pid_mountinfo(5), the fifth field) that a path lies under. */
export function mountPointOf(mountInfo: string, path: string): string {
  const points = mountInfo
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
    .filter((point) => point === '/' || point === path || (point !== '' && path.startsWith(`${point}/`)));
  return points.toSorted((a, b) => b.length - a.length)[0] ?? '/';
}

const probeBytes = 64 << 10;

/** Writes a file of its own and takes it away again. Rejects where that can't be done. */
async function tryIn(folder: string): Promise<void> {
  const path = join(folder, `.pathproof-doctor-${process.pid}`);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(Buffer.alloc(probeBytes));
    await file.sync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

export async function lookAtStateDir(directory: string): Promise<StateDirSeen> {
  const nearest = nearestOf(directory);
  const [space, mountInfo] = await Promise.all([
    statfs(nearest).catch(() => null),
    readFile('/proc/self/mountinfo', 'utf8').catch(() => ''),
  ]);
  let fault: StateDirSeen['fault'] = null;
  try {
    if (!statSync(nearest).isDirectory())
      throw Object.assign(new Error(`${nearest} is no folder`), { code: 'ENOTDIR' });
    await tryIn(nearest);
  } catch (error) {
    const code = codeOf(error);
    fault = { code, message: messageOf(error) };
  }
  return {
    directory,
    nearest,
    mountPoint: mountPointOf(mountInfo, nearest),
    fault,
    freeBytes: space === null ? Infinity : space.bavail * space.bsize,
    // Some file systems have no count of them.
    freeFiles: space === null || space.files === 0 ? Infinity : space.ffree,
    user: userInfo().username,
  };
}

export const stateDir = async (_box: Box, config: Config): Promise<Finding[]> => [
  judgeStateDir(await lookAtStateDir(config.STATE_DIR)),
];
