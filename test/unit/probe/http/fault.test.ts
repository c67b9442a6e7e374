// What is made of a curl that ended otherwise than it should.
import { expect, it } from 'vitest';
import { faultOf } from '../../../../agent/probe/http/fault.ts';
import type { CurlRun } from '../../../../agent/probe/http/curl.ts';
import type { Order } from '../../../../agent/probe/http/order.ts';
import { nothingReported } from '../../../../agent/probe/http/report.ts';

const order: Order = {
  url: new URL('http://one.test/'),
  method: 'GET',
  interfaceName: 'eth1',
  addresses: ['192.0.2.1'],
  timeoutMs: 1000,
  mostBodyBytes: 3,
};
const run: CurlRun = {
  exitCode: 23,
  givenUp: false,
  lastedMs: 10,
  body: Buffer.from('abc'),
  cut: true,
  cutMs: 5,
  report: nothingReported,
};

it('is an error inside where its figures are missing, though the body came', () => {
  expect(faultOf(order, run).failure).toMatchObject({
    code: 'internal',
    message: 'curl (23): it does not say why',
  });
});
