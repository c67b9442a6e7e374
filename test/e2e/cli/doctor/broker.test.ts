// What doctor finds of the broker and of the ports, and that what it names mends it.
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { cleanups, examine, type Examined, like, mosquittoWith, occupy, prepare, sh } from './kit.ts';

prepare();

describe('the broker', () => {
  const broker = (report: Examined) => report.of('broker');

  it('lets the agent write and read back, and nothing of it is left', async () => {
    const { url } = await mosquittoWith();
    const report = await examine({ env: { MQTT_URL: url } });
    expect(broker(report)).toMatchObject([{ status: 'ok', seen: like(/^MQTT 5; /) }]);
    const client = await mqtt.connectAsync(url);
    const kept: string[] = [];
    client.on('message', (topic) => kept.push(topic));
    await client.subscribeAsync('#', { qos: 1 });
    await client.publishAsync('end', '', { qos: 1 });
    await expect.poll(() => kept).toContain('end');
    await client.endAsync();
    expect(kept).toEqual(['end']);
  });

  it('is down', async () => {
    const mosquitto = await mosquittoWith();
    await mosquitto.stop();
    const report = await examine({ env: { MQTT_URL: mosquitto.url } });
    expect(report.wrong).toMatchObject([{ check: 'broker', seen: like('ECONNREFUSED') }]);
    expect(report.wrong[0]?.mend[0]).toBe('systemctl start mosquitto');
  });

  it('refuses the password, which is never shown', async () => {
    const { url } = await mosquittoWith({ passwords: { pi: 'right' } });
    const env = { MQTT_URL: url, MQTT_USERNAME: 'pi', MQTT_PASSWORD: 'wrong-pass-word' };
    const report = await examine({ env });
    expect(report.wrong).toMatchObject([{ check: 'broker', seen: like(/not authorized/i) }]);
    expect(report.wrong[0]?.mend).toContain('mosquitto_passwd /etc/mosquitto/passwd pi');
    expect(JSON.stringify(report.lines)).not.toContain('wrong-pass-word');
    expect((await examine({ env: { ...env, MQTT_PASSWORD: 'right' } })).status).toBe(0);
  });

  it.each([
    ['writing', 'topic read #', /can't be written|does not come back/],
    ['reading', 'topic write #', /does not come back/],
  ])('forbids %s', async (_what, rule, words) => {
    const { url } = await mosquittoWith({ passwords: { pi: 'right' }, acl: ['user pi', rule] });
    const env = { MQTT_URL: url, MQTT_USERNAME: 'pi', MQTT_PASSWORD: 'right' };
    const report = await examine({ env });
    expect(report.wrong.length).toBeGreaterThan(0);
    expect(report.wrong[0]).toMatchObject({ check: 'broker', seen: like(words) });
    const lines = /printf '(.*)\\n' \| tee -a/.exec(report.wrong[0]?.mend[0] ?? '')?.[1]?.split('\\n') ?? [];
    expect(lines).toEqual(['user pi', 'topic readwrite pathproof/pi/#', 'topic readwrite homeassistant/#']);
    const mended = await mosquittoWith({ passwords: { pi: 'right' }, acl: lines });
    expect((await examine({ env: { ...env, MQTT_URL: mended.url } })).status).toBe(0);
  });

  it('forbids discovery alone, which is no more than a warning', async () => {
    const acl = ['user pi', 'topic readwrite pathproof/pi/#'];
    const { url } = await mosquittoWith({ passwords: { pi: 'right' }, acl });
    const report = await examine({ env: { MQTT_URL: url, MQTT_USERNAME: 'pi', MQTT_PASSWORD: 'right' } });
    expect(report.status).toBe(0);
    expect(broker(report)).toMatchObject([{ status: 'warning', seen: like('homeassistant/') }]);
  });

  it('shows whether Home Assistant is there', async () => {
    const { url } = await mosquittoWith();
    const seen = async () => (await examine({ env: { MQTT_URL: url } })).of('homeAssistant')[0]?.status;
    expect(await seen()).toBe('unknown');
    const client = await mqtt.connectAsync(url);
    cleanups.push(() => client.endAsync());
    await client.publishAsync('homeassistant/status', 'online', { retain: true, qos: 1 });
    expect(await seen()).toBe('ok');
    await client.publishAsync('homeassistant/status', 'offline', { retain: true, qos: 1 });
    expect(await seen()).toBe('warning');
  });

  it("of the embedded one's port is another broker, or no broker at all", async () => {
    const { port } = await mosquittoWith();
    const other = await examine({ env: { EMBEDDED_BROKER_PORT: String(port) } });
    expect(other.wrong).toMatchObject([{ check: 'broker', seen: like('held by another broker') }]);
    expect(other.wrong[0]?.mend[0]).toBe(`MQTT_URL=mqtt://127.0.0.1:${port}`);
    expect((await examine({ env: { MQTT_URL: `mqtt://127.0.0.1:${port}` } })).status).toBe(0);
    const taken = await occupy();
    const none = await examine({ env: { EMBEDDED_BROKER_PORT: String(taken) } });
    expect(none.wrong).toMatchObject([{ check: 'broker', seen: like('held by another program') }]);
    expect(sh(none.wrong[0]?.mend[0] ?? 'false')).toContain(`127.0.0.1:${taken}`);
  });
});

describe("the bridge's port", () => {
  it('is held by another program', async () => {
    const port = await occupy(() => 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    const report = await examine({ env: { SERVER_PORT: String(port) } });
    expect(report.wrong).toMatchObject([{ check: 'bridge', seen: like('held by another program') }]);
    expect(sh(report.wrong[0]?.mend[0] ?? 'false')).toContain(`127.0.0.1:${port}`);
  });

  it('is of an address that this machine does not have', async () => {
    const env = { SERVER_ADDRESS: '192.0.2.9', SERVER_PORT: '8080', BRIDGE_OPEN: 'true' };
    const report = await examine({ env });
    expect(report.wrong).toMatchObject([{ check: 'bridge', seen: like('EADDRNOTAVAIL') }]);
  });
});
