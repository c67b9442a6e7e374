// How a probe is asked for over HTTP: each field's query parameter (`name`) and header, in one table.
// Besides these, `Host` is the target on /ping and /traceroute where neither ?target= nor Target is given.
import { expectationsByKind } from './expectation.ts';
import { type Kind, kinds, requestSchemas } from './request.ts';

/** How a field's text is read: as it stands, as one decimal number, as a comma-separated list, … */
export type Reads = 'text' | 'number' | 'list' | 'boolean' | 'family';

export interface Field {
  /** The request's own name, and the query parameter's. */
  name: string;
  /** Null where only the query has it. */
  header: string | null;
  reads: Reads;
  part: 'request' | 'expect';
}

export const fields: readonly Field[] = [
  { name: 'target', header: 'Target', reads: 'text', part: 'request' },
  { name: 'via', header: 'Source', reads: 'text', part: 'request' },
  { name: 'family', header: 'Family', reads: 'family', part: 'request' },
  { name: 'count', header: 'Count', reads: 'number', part: 'request' },
  { name: 'intervalMs', header: 'IntervalMs', reads: 'number', part: 'request' },
  { name: 'timeoutMs', header: 'TimeoutMs', reads: 'number', part: 'request' },
  { name: 'waitMs', header: null, reads: 'number', part: 'request' },
  { name: 'packetBytes', header: null, reads: 'number', part: 'request' },
  { name: 'force', header: null, reads: 'boolean', part: 'request' },
  { name: 'id', header: null, reads: 'text', part: 'request' },
  { name: 'name', header: null, reads: 'text', part: 'request' },
  { name: 'recordType', header: null, reads: 'text', part: 'request' },
  { name: 'method', header: null, reads: 'text', part: 'request' },

  { name: 'minLatencyMs', header: 'MinLatencyMs', reads: 'number', part: 'expect' },
  { name: 'maxLatencyMs', header: 'MaxLatencyMs', reads: 'number', part: 'expect' },
  { name: 'maxLossPercent', header: 'MaxLossPercent', reads: 'number', part: 'expect' },
  { name: 'maxJitterMs', header: 'MaxJitterMs', reads: 'number', part: 'expect' },
  { name: 'minHops', header: 'MinHops', reads: 'number', part: 'expect' },
  { name: 'maxHops', header: 'MaxHops', reads: 'number', part: 'expect' },
  { name: 'routeIncludes', header: 'RouteIncludeCsv', reads: 'list', part: 'expect' },
  { name: 'routeExcludes', header: 'RouteExcludeCsv', reads: 'list', part: 'expect' },
  { name: 'orgIncludes', header: 'HopsMustIncludeOrg', reads: 'list', part: 'expect' },
  { name: 'orgExcludes', header: 'HopsMustExcludeOrg', reads: 'list', part: 'expect' },
  { name: 'maxSilentHops', header: 'MaxSilentHops', reads: 'number', part: 'expect' },
  { name: 'asPathIncludes', header: null, reads: 'list', part: 'expect' },
  { name: 'countriesExclude', header: null, reads: 'list', part: 'expect' },
  { name: 'answerIncludes', header: null, reads: 'list', part: 'expect' },
  { name: 'rcode', header: null, reads: 'text', part: 'expect' },
  { name: 'minAnswers', header: null, reads: 'number', part: 'expect' },
  { name: 'statusCodes', header: null, reads: 'list', part: 'expect' },
  { name: 'bodyIncludes', header: null, reads: 'list', part: 'expect' },
  { name: 'bodyExcludes', header: null, reads: 'list', part: 'expect' },
  { name: 'certificateDaysLeft', header: null, reads: 'number', part: 'expect' },
  { name: 'redirectsTo', header: null, reads: 'text', part: 'expect' },
  { name: 'addressIncludes', header: null, reads: 'list', part: 'expect' },
  { name: 'addressExcludes', header: null, reads: 'list', part: 'expect' },
  { name: 'countryIncludes', header: null, reads: 'list', part: 'expect' },
];

/** The kinds whose requests (or expectations) have this field. */
export const kindsWith = ({ name, part }: Field): Kind[] =>
  kinds.filter((kind) =>
    part === 'expect'
      ? expectationsByKind[kind].includes(name)
      : Object.hasOwn(requestSchemas[kind].shape, name),
  );
