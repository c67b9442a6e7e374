// The programs that the agent starts: who of a configuration needs one that is not there.
import { describe, expect, it } from 'vitest';
import { judgePrograms } from '../../../../agent/cli/doctor/programs.ts';
import type { Finding } from '../../../../agent/cli/doctor/report.ts';
import { emptyFile, readFileSettings } from '../../../../agent/config/file.ts';

const statusOf = ({ status }: Finding): string => status;
const fileOf = (text: string) => {
  const read = readFileSettings(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.settings;
};

describe('programs', () => {
  const page = 'monitors: { page: { probe: http, target: "http://example.com/" } }';

  it.each([
    ['ip', '', 'wrong'],
    ['curl', '', 'warning'],
    ['curl', page, 'wrong'],
    ['setpriv', '', 'warning'],
    ['setpriv', 'actions: [{ on: [monitor.down], run: [/bin/true] }]', 'wrong'],
    ['ss', 'uplinks: { a: { interface: x } }\nfailover: { mode: overlay }', 'warning'],
    ['ss', 'uplinks: { a: { interface: x } }\nfailover: { mode: observe, flushOnFailback: all }', 'warning'],
    ['ss', 'uplinks: { a: { interface: x } }\nfailover: { mode: overlay, flushOnFailback: all }', 'wrong'],
  ])('%s is not there, with %j: %s', (name, text, status) => {
    const findings = judgePrograms((one) => one !== name, fileOf(text));
    expect(findings[0]).toMatchObject({ subject: name, status });
    expect(findings[0]?.mend[0]).toMatch(/^sudo apt-get install /);
    expect(findings.at(-1)?.status).toBe('ok');
  });

  it('with a wrong configuration only ip is needed', () => {
    expect(judgePrograms(() => false, null).map(statusOf)).toEqual([
      'wrong',
      'warning',
      'warning',
      'warning',
    ]);
    expect(judgePrograms(() => true, emptyFile).map(statusOf)).toEqual(['ok']);
  });
});
