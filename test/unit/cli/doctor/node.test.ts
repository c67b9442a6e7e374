// Node.js and its native parts: what is told of them, and what mends them.
import { describe, expect, it } from 'vitest';
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
  ])('%s is %s', (version, status) => expect(judgeNode(version, well).map(statusOf)[0]).toBe(status));

  it('names the part that does not load, and what compiles it', () => {
    const fault = 'The module was compiled against a different Node.js version';
    expect(judgeNode('22.0.0', [...well, { name: 'classic-level', fault }])[1]).toMatchObject({
      status: 'wrong',
      subject: 'classic-level',
      seen: like(fault),
      mend: ['npm rebuild classic-level', 'npm ci'],
    });
  });
});
