import { addCode, type Facts } from './facts.ts';
import { candidates } from './prefilter.ts';

/**
 * The numbers and names of errors of well-known products, which are the same in every language, and the word that goes before
 * each, so that a number of one product is none of another's.
 */
export const productPlaces: readonly (readonly [RegExp, string])[] = [
  [/\b(ORA-\d{5})\b/g, ''],
  [/\b(NT_STATUS_[A-Z_]{3,60})\b/g, ''],
  [/\b(?:NSURLErrorDomain|kCFErrorDomainCFNetwork)[^\n]{0,12}?-(1\d{3})\b/g, 'nsurl '],
  [
    /(?:\bWinError |\bWSA\w{0,20}\W|\bSocketException \(|\bnative ?error\W{1,4}|\bsocket error\W{1,3}|\b(?:error|fehler|erreur|erro|errore)(?: code)?\W{1,3}|\berrno\W{1,3}|\(|\[)(100(?:5\d|6[0-5])|1100[1-4])(?!\d)/gi,
    'winsock ',
  ],
  [/\b(?:\[?errno|os error|Os \{ code)\W{1,3}(?<!-)(\d{1,3})(?!\d)/gi, 'errno '],
  // Python's names could not be resolved; npm's -2 is a missing file.
  [/\[Errno -(\d)\]/g, 'gai '],
  [/\bE0{3}(\d{3}): /g, 'errno '],
  [/\((\d{1,3}): [A-Z][a-z]+ [a-z]/g, 'errno '],
  [/\bERROR (\d{4}) \([0-9A-Z]{5}\)/g, 'mysql '],
  [/\bSQLSTATE\[\w{5}\] ?\[(\d{4})\]/g, 'mysql '],
  [/\b(?:Operational|Programming|Internal|Database|Integrity|Interface)Error\W{1,3}\(?(\d{4}),/g, 'mysql '],
  [/\bMsg (\d{2,5}), Level\b/g, 'mssql '],
  [/\b(?:Error(?: Number| code)?\W{1,3}|\()(40[0-9]{3}|1092[89]|4991[89]|18456)(?!\d)/gi, 'mssql '],
  [/\bcode=(\d{4}) \[/g, 'cassandra '],
  [
    /\b(?:System error|Systemfehler|Erreur système|Error de sistema|Errore di sistema|Systeemfout) (\d{1,4})\b/gi,
    'windows ',
  ],
  [/\bERROR (\d{1,4}) \(0x[\da-f]{8}\)/gi, 'windows '],
  // An HRESULT of the system holds one of its numbers in hexadecimal digits.
  [/\b0x8007([\da-f]{4})\b/gi, 'hresult '],
  [/\b(?:TCP|socket|Winsock|WSA)[ -]{1,2}(?:error )?(?:code )?(100(?:5\d|6[0-5])|1100[1-4])(?!\d)/gi, 'winsock '],
  [/\bSQLSTATE\[\w{5}\]: [^\n:]{1,80}: (1\d{3}|20\d\d|3\d{3}) /g, 'mysql '],
  // The names of listeners and clients are numbered alike.
  [/\bTNS-(1[25]\d{3})\b/g, 'ORA-'],
  [/(?<![\d.])[45]\d\d[ -]#?([45]\.\d\.\d{1,2})\b/g, 'smtp '],
  [/(?<![\d.])\(?([45]\d\d)(?:[ -]#?|, b?['"])[45]\.\d\.\d{1,2}\b/g, 'smtp '],
  [/\bldap\w{0,30}\b[^\n]{0,80}\((\d{1,2})\)/gi, 'ldap '],
  [/\bldap\w{0,30}\b[^\n]{0,80}\(-(\d)\)/gi, 'ldap minus '],
  [/\bAcceptSecurityContext error, data (\w{3})\b/g, 'ldap '],
  [/\bNeo\.\w{5,20}\.\w{3,20}\.(\w{3,40})\b/g, ''],
  [/\bNeo\.(TransientError)\b/g, ''],
  [/\bStatusCode\.([A-Z_]{4,24})\b/g, ''],
  [/\bgrpc-status\W{1,3}(\d{1,2})\b/gi, 'grpc.'],
  [/\bcode=(_?[A-Z][A-Z_]{3,40})\b/g, ''],
  [/\bcodeName["']?\s?[:=]\s?["']?(\w{4,40})/g, ''],
  [/\(\d{3}, ["']([A-Z][A-Z_]{3,30}) - /g, ''],
  [/\(([A-Z]{3,20}(?:_[A-Z]{2,20}){1,6})\)\.?$/gm, ''],
  [/^([A-Z]{2,20}(?:_[A-Z0-9]{1,20}){1,6})\.?$/gm, ''],
  [/^([A-Z][a-z]{1,20}(?:[A-Z][a-z]{1,20}){1,6})(?:\.?$|: )/gm, ''],
];

const maxPerPlace = 4;

const named = (prefix: string, code: string): string => {
  if (prefix !== 'hresult ') return `${prefix}${code}`;
  const number = Number.parseInt(code, 16);
  return number >= 10_004 && number <= 11_004 ? `winsock ${number}` : `windows ${number}`;
};

/** Reads the codes of products that an error text states. */
export const addProductCodes = (facts: Facts, text: string): void => {
  for (const [place, prefix] of candidates('productPlaces', productPlaces, text)) {
    let found = 0;
    for (const match of text.matchAll(place)) {
      if (match[1] !== undefined) addCode(facts, named(prefix, match[1]));
      if (++found >= maxPerPlace) break;
    }
  }
};
