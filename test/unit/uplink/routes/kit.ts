// Wishes and routes for the tests of failover's routes: fibre on eth0, mobile on eth1, a PPP link.
import type {
  Desired,
  FamilyDesired,
  ForeignDefault,
  OwnRoute,
  RouteSettings,
  UplinkWay,
} from '../../../../agent/uplink/routes/kinds.ts';

export const settings: RouteSettings = {
  routeProto: 136,
  metricActive: 5,
  metricStandbyBase: 20_000,
  tableBase: 13_600,
  rulePriorityBase: 13_600,
};

export const fibre: UplinkWay = {
  uplink: 'fibre',
  interfaceName: 'eth0',
  index: 0,
  gateway: '192.168.0.1',
  onlink: false,
  source: null,
  addresses: ['192.168.0.10'],
  healthy: true,
};

export const lte: UplinkWay = {
  ...fibre,
  uplink: 'lte',
  interfaceName: 'eth1',
  index: 1,
  gateway: '192.168.2.1',
  addresses: ['192.168.2.10'],
};

export const ppp: UplinkWay = {
  ...fibre,
  uplink: 'ppp',
  interfaceName: 'ppp0',
  index: 2,
  gateway: null,
  addresses: ['10.64.64.7'],
};

/** Of IPv4: overlay, the fibre in force. */
export const desire = (family: Partial<FamilyDesired> = {}, other: Partial<Desired> = {}): Desired => ({
  mode: 'overlay',
  interfaces: ['eth0', 'eth1', 'ppp0'],
  families: { 4: { active: { uplink: 'fibre' }, ways: [fibre, lte], ...family } },
  ...other,
});

export const ownRoute = (way: UplinkWay, metric = 5, table = 254): OwnRoute => ({
  family: 4,
  table,
  metric,
  interfaceName: way.interfaceName,
  gateway: way.gateway,
  source: way.source,
  onlink: way.onlink,
});

export const foreignDefault = (other: Partial<ForeignDefault> = {}): ForeignDefault => ({
  family: 4,
  interfaceName: 'eth0',
  gateway: '192.168.0.1',
  source: null,
  metric: 100,
  protocol: 16,
  onlink: false,
  linkScope: false,
  plain: true,
  ...other,
});
