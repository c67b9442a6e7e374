// `npm run bench`: runs the cases one after another, prints their table, and keeps it as JSON named by its day.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, loadavg } from 'node:os';
import { egress } from './egress.ts';
import { failover } from './failover.ts';
import { engineMemory } from './engine-memory.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { watching } from './monitors.ts';
import { rttNeighbour } from './neighbour.ts';
import { networks } from './networks.ts';
import { type Row, isReached, ratioOf } from './row.ts';
import { rtt, rttLoad } from './rtt.ts';
import { start } from './start.ts';
import { tableOf } from './table.ts';
import { sustained, throughput } from './throughput.ts';
import { tracePaths } from './trace-paths.ts';
import { traceSilent } from './trace-silent.ts';
import { trace, traceLimited } from './trace.ts';

const cases: Readonly<Record<string, () => Promise<Row[]>>> = {
  start,
  latency,
  trace,
  'trace-limited': traceLimited,
  'trace-paths': tracePaths,
  'trace-silent': traceSilent,
  rtt,
  'rtt-load': rttLoad,
  'rtt-neighbour': rttNeighbour,
  memory,
  throughput,
  sustained,
  'engine-memory': engineMemory,
  networks,
  egress,
  monitors: watching,
  failover,
};
const resultsFolder = 'test/bench/results';

function machine(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in cases));
if (unknown.length > 0) {
  console.error(`there is no case ${unknown.join(', ')}; there are ${Object.keys(cases).join(', ')}`);
  process.exit(1);
}

const date = new Date();
const about = machine();
const rows: Row[] = [];
for (const [name, measure] of Object.entries(cases)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`bench: ${name} …`);
  rows.push(...(await measure()));
}
const seconds = Math.round((Date.now() - date.getTime()) / 1000);
const where = Object.entries(about).map(([key, value]) => `${key} ${value}`);
console.log(`\n${tableOf(rows)}\n\n${date.toISOString()}, ${seconds} s; ${where.join(', ')}`);

// A part of the table is no result to keep.
if (asked.length === 0) {
  const file = `${resultsFolder}/${date.toISOString().slice(0, 10)}.json`;
  const judged = rows.map((row) => ({ ...row, ratio: ratioOf(row), reached: isReached(row) }));
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ date: date.toISOString(), seconds, machine: about, rows: judged }, null, 2)}\n`,
  );
  console.log(`kept in ${file}`);
}
