// Node.js and its native parts: what is told of them, and what mends them.
import { describe, expect, it } from 'vitest';
import { clone, debian, elsewhere } from './installations.ts';
import { judgeNode } from '../../../../agent/cli/doctor/node.ts';
import type { Finding } from '../../../../agent/cli/doctor/report.ts';

/** For matchers, whose own type is `any`. */
const like = (words: string | RegExp): unknown => expect.stringMatching(words);
const statusOf = ({ status }: Finding): string => status;

describe('Node.js', () => {
  const well = [{ name: 'raw-socket', fault: null }];

  it.each([
    ['18.19.0', 'wrong'],
    ['20.18.3', 'wrong'],
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
  ])('%s is %s', (version, status) => expect(judgeNode(version, well, clone).map(statusOf)[0]).toBe(status));

  it('names the part that does not load, and what compiles it', () => {
    const fault = 'The module was compiled against a different Node.js version';
    const parts = [...well, { name: 'classic-level', fault }];
    const [, finding] = judgeNode('22.0.0', parts, clone);
    expect(finding).toMatchObject({ status: 'wrong', subject: 'classic-level', seen: like(fault) });
    expect([clone, elsewhere, debian].map((one) => judgeNode('22.0.0', parts, one)[1]?.mend)).toEqual([
      ['npm rebuild classic-level', 'npm ci'],
      ['cd /srv/pathproof && npm rebuild classic-level', 'cd /srv/pathproof && npm ci'],
      ['cd /usr/lib/pathproof && sudo npm rebuild classic-level', 'sudo dpkg -i pathproof_*.deb'],
    ]);
  });
});
