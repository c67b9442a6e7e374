// What is told of the uplinks: what they are expected to cost as the monitors are set, whose budget they draw on, and how
// the world sees them.
import { expect, it } from 'vitest';
import { UplinkState } from '../../../shared/uplink.ts';
import { Event } from '../../../shared/event.ts';
import { noTraffic } from '../../../shared/measurement.ts';
import { MonitorState } from '../../../shared/monitor.ts';
import { egressFigures, measured } from '../assess/measured.ts';
import { familyHealth } from '../publish/states.ts';
import { type Broker, newFolder, startBox, startBroker } from './box.ts';

const views = [
  {
    ...{ uplink: 'lte', interface: 'eth1', state: 'up' as const, gateway: null },
    addresses: ['192.168.2.10', '2001:db8::a'],
  },
  { uplink: null, interface: 'eth7', state: 'up' as const, gateway: null, addresses: ['192.168.7.1'] },
];
const finds = () => measured();
const runBytes = 2 * 36;
const monthOf = (everyMs: number): number => Math.floor((31 * 86_400_000) / everyMs) * runBytes;
const probe = 'probe: ping, target: 192.0.2.1, count: 1, packetBytes: 8';
const uplinks = 'uplinks: { lte: { interface: eth1, metered: true, data: { monthlyMegabytes: 1 } } }';
const config = (keys: string): string => `${uplinks}\nmonitors: { line: { ${probe}, ${keys} } }`;

const uplinkTold = (broker: Broker): UplinkState =>
  UplinkState.parse(JSON.parse(broker.last('pathproof/pi/uplink/lte/state') ?? 'null'));
const costTold = (broker: Broker): number => uplinkTold(broker).expectedMonthlyBytes;

it.each([
  ['its name', 'lte', monthOf(900_000)],
  ['its interface', 'eth1', monthOf(900_000)],
  ['its address', '192.168.2.10', monthOf(900_000)],
  ['its address, written otherwise', '"2001:DB8:0::a"', monthOf(900_000)],
  ['the address of another', '192.168.7.1', 0],
  ['an address that nobody has', '192.0.2.99', 0],
])('a monitor by %s is counted for its uplink', async (_what, via, bytes) => {
  const broker = startBroker();
  const box = await startBox(config(`every: 15m, via: ${via}`), { finds, broker, views });
  box.connect();
  expect(costTold(broker)).toBe(bytes);
  expect(box.monitoring.reports.about()).toMatchObject({
    expectedMonthlyBytes: bytes === 0 ? {} : { lte: bytes },
  });
});

it('the echoes of a metered uplink’s health are counted beside its monitors', async () => {
  const broker = startBroker();
  const measuredToo = config('every: 15m, via: lte').replace(
    'metered: true',
    'metered: true, targets: [1.1.1.1]',
  );
  (await startBox(measuredToo, { finds, broker, views })).connect();
  expect(costTold(broker)).toBe(2 * monthOf(900_000));
});

it('a monitor without a via is counted for none: the kernel chooses its way', async () => {
  const broker = startBroker();
  (await startBox(config('every: 15m'), { finds, broker, views })).connect();
  expect(costTold(broker)).toBe(0);
});

it('what is set by a command is what it is expected to cost, told at once and after a restart', async () => {
  const [broker, folder] = [startBroker(), newFolder()];
  const box = await startBox(config('every: 15m, via: lte'), { finds, broker, folder, views });
  box.connect();
  const abouts = box.abouts.length;
  box.command('line', 'interval/set', '60');
  expect(costTold(broker)).toBe(monthOf(60_000));
  expect(box.monitoring.reports.overview().expectedBytes.get('lte')).toBe(monthOf(60_000));
  expect(box.abouts.length).toBeGreaterThan(abouts);
  await box.stop();

  const next = await startBox(config('every: 15m, via: lte'), { finds, broker, folder, views });
  next.connect();
  expect(costTold(broker)).toBe(monthOf(60_000));
  next.command('line', 'enabled/set', 'OFF');
  expect(costTold(broker)).toBe(0);
});

it('an uplink’s health is told as it is measured at the moment', async () => {
  const broker = startBroker();
  const measuredNow = new Map([
    ['lte', { ipv4: familyHealth({ health: 'down', place: 'isp' }), ipv6: null }],
  ]);
  const box = await startBox(config('every: 1d'), { finds, broker, views, health: () => measuredNow });
  box.connect();
  expect(uplinkTold(broker)).toMatchObject({ state: 'up', health: 'down', place: 'isp' });
  measuredNow.clear();
  box.monitoring.life.networkChanged();
  expect(uplinkTold(broker)).toMatchObject({ state: 'up', health: null, place: null });
});

const spends = (bytesSent: number) => () =>
  measured({
    via: { uplink: 'lte', interface: 'eth1', source: '192.168.2.10' },
    traffic: { ...noTraffic, bytesSent },
  });
const monitorTold = (broker: Broker, monitor = 'line'): MonitorState =>
  MonitorState.parse(JSON.parse(broker.last(`pathproof/pi/monitor/${monitor}/state`) ?? 'null'));

it('who reads of a budget’s end finds the same figures in the state, and by an address it is held too', async () => {
  const broker = startBroker();
  const given = { finds: spends(1_000_000), broker, views };
  const box = await startBox(config('every: 1d, via: 192.168.2.10'), given);
  box.connect();
  box.command('line', 'run');
  const isEnd = ({ topic, payload }: Broker['messages'][number]): boolean =>
    topic === 'pathproof/pi/event' && payload.includes('budget.exhausted');
  await expect.poll(() => broker.messages.some(isEnd)).toBe(true);
  const before = broker.messages.slice(0, broker.messages.findIndex(isEnd));
  const state = before.findLast(({ topic }) => topic === 'pathproof/pi/uplink/lte/state')?.payload;
  const event = Event.parse(JSON.parse(broker.messages.find(isEnd)?.payload ?? 'null'));
  expect(event.evidence).toMatchObject({ usedBytes: 1_000_000, limitBytes: 1_000_000 });
  expect(UplinkState.parse(JSON.parse(state ?? 'null'))).toMatchObject({
    dataUsedBytes: 1_000_000,
    dataLeftBytes: 0,
  });

  box.command('line', 'run');
  await expect.poll(() => monitorTold(broker).failure?.code).toBe('budgetExhausted');
  expect(broker.retained.get('pathproof/pi/monitor/line/availability')).toBe('offline');
});

it('the public address is what the newest look that found one found, whatever their order in the file', async () => {
  const broker = startBroker();
  let address: string | null = null;
  const monitors = ['first', 'last'].map((name) => `${name}: { probe: egress, via: lte, every: 1d }`);
  const box = await startBox(`${uplinks}\nmonitors: { ${monitors.join(', ')} }`, {
    finds: () =>
      measured({
        via: { uplink: 'lte', interface: 'eth1', source: null },
        ping: null,
        egress: address === null ? null : egressFigures({ address }),
      }),
    broker,
    views,
  });
  box.connect();
  const runs = async (monitor: string, found: string | null): Promise<void> => {
    address = found;
    const before = monitorTold(broker, monitor).at ?? 0;
    // Two that began at the same millisecond have no order.
    await expect.poll(() => Date.now()).toBeGreaterThan(latest);
    box.command(monitor, 'run');
    await expect.poll(() => monitorTold(broker, monitor).at).toBeGreaterThan(before);
    latest = monitorTold(broker, monitor).at ?? 0;
  };
  let latest = 0;
  await runs('last', '203.0.113.1');
  await runs('first', '203.0.113.2');
  expect(uplinkTold(broker).publicAddress).toBe('203.0.113.2');
  await runs('first', null);
  expect(uplinkTold(broker).publicAddress).toBe('203.0.113.1');
});
