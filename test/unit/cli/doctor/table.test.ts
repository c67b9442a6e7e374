// The report as people read it.
import { expect, it } from 'vitest';
import type { DoctorReport } from '../../../../agent/cli/doctor/report.ts';
import { tableOf } from '../../../../agent/cli/doctor/table.ts';
import { plain } from '../../../../agent/cli/terminal.ts';

const report: DoctorReport = {
  ...{ agent: 'pi', at: '2026-11-20T07:00:00.000Z', right: false },
  lines: [
    { check: 'node', subject: null, status: 'ok', seen: 'Node.js 22', mend: [] },
    {
      check: 'uplinks',
      subject: 'lte',
      status: 'wrong',
      seen: 'is down',
      mend: ['ip link set eth1 up', 'else'],
    },
    { check: 'clock', subject: null, status: 'warning', seen: 'late', mend: [] },
  ],
};

it('puts what mends a thing below it, and counts', () => {
  expect(tableOf(report, (check) => check.toUpperCase(), plain)).toBe(
    [
      '  ok       NODE     Node.js 22',
      '  wrong    UPLINKS  lte: is down',
      '                    mend: ip link set eth1 up',
      '                      or: else',
      '  warning  CLOCK    late',
      '',
      '1 wrong, 1 warning.',
      '',
    ].join('\n'),
  );
});

it('colours the status alone, and says it where all is right', () => {
  const lines = report.lines.slice(0, 1);
  expect(
    tableOf(
      { ...report, lines },
      () => 'x',
      (colour, text) => `<${colour}>${text}</>`,
    ),
  ).toBe('  <green>ok</>  x  Node.js 22\n\nAll is right.\n');
});
