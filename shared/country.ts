// Countries by their codes. What bears no country's code, such as the EU or "unknown", says nothing of where it is.
import * as z from 'zod';
import { quoted } from './issues.ts';

// prettier-ignore
const codes: ReadonlySet<string> = new Set([
  ...'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ'.split(' '),
  ...'BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ'.split(' '),
  ...'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET'.split(' '),
  ...'FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU'.split(' '),
  ...'ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ'.split(' '),
  ...'LA LB LC LI LK LR LS LT LU LV LY'.split(' '),
  ...'MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ'.split(' '),
  ...'NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA'.split(' '),
  ...'RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ'.split(' '),
  ...'TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS'.split(' '),
  ...'YE YT ZA ZM ZW'.split(' '),
  'XK', // Kosovo's, which ISO leaves to users: sources of networks tell it so
]);

/** The ISO 3166-1 code of a country (two letters) in capitals; null for all else. */
export function countryCode(text: string): string | null {
  const code = text.toUpperCase();
  return codes.has(code) ? code : null;
}

const meant: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR' };

function complaint(given: unknown): string {
  const other = typeof given === 'string' ? meant[given.toUpperCase()] : undefined;
  const hint = other === undefined ? '' : `; did you mean ${other}?`;
  return `must be a two-letter country code (ISO 3166-1), not ${quoted(given)}${hint}`;
}

export const country = z
  .string()
  .refine((value) => countryCode(value) !== null, { error: ({ input }) => complaint(input) })
  .toUpperCase();
