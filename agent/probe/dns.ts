// A question to a name server through the uplink: what it answered, and how fast.
import { spareOf } from '../../shared/budget.ts';
import { type Measurement, nothingMeasured } from '../../shared/measurement.ts';
import type { RequestOf } from '../../shared/request.ts';
import type { Exit } from '../../shared/way.ts';
import { takeAim, viaOf } from './aim.ts';
import { askPatiently } from './asking.ts';
import { askServer } from './dns/ask.ts';
import type { ProbeTools } from './tools.ts';

/** Never rejects for what the network did; rejects with Failure before the first packet. */
export async function dns(
  request: RequestOf<'dns'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const spareMs = spareOf(request.timeoutMs);
  const aim = await takeAim(request, exit, tools, signal);
  const { name, recordType } = request;
  const { last, ...asked } = await askPatiently(aim, tools, signal, spareMs, (waitMs, until, meter) =>
    askServer(aim, { name, recordType, waitMs }, tools, until, meter),
  );
  const { address, way } = aim;
  return { ...nothingMeasured, address, via: viaOf(way), dns: last?.said ?? null, ...asked };
}
