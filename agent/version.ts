// The version of the package. Imports no package: the command line wants it in a moment.
import { readFileSync } from 'node:fs';
import { isRecord } from '../shared/record.ts';

/** As package.json has it, two folders above what was built. */
export function readVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  if (!isRecord(content) || typeof content['version'] !== 'string')
    throw new Error('package.json: no version');
  return content['version'];
}
