import { isRandom } from '../words.ts';
import { type ShapeRule, shape } from './rule.ts';

const isHex = (text: string): boolean => /^[0-9a-f]+$/i.test(text);

/** Prefixes of ids: people need them to find what failed, and nobody gets in with them. */
const idPrefixes = new Set(
  `pk id ids req request run job task step msg message call toolu chatcmpl resp thread asst file batch ft event evt trace span
  user usr org team prj proj project dpl deployment build image img sha digest commit page doc node item order inv cus ch pi
  price prod sub seti acct in ii po txn ses cs kid key_id session conn pub public index chunk main app bundle cache tmp temp
  upload part version rev etag hash checksum cursor doc record rec tbl tx block addr release object obj ref`.split(
    /\s+/,
  ),
);

/** Words of a prefix that say that the rest is a secret. */
const secretWords = /^(?:sk|rk|key|apikey|secret|token|tok|pat|pw|password|cred)$/;
const likelyWords = /^(?:api|auth|access|live|test|prod|dev|oauth|service|admin|client|bearer|priv|private)$/;

/** Whether `prefix_rest` is a token: the shorter or plainer the rest, the more must the prefix say. */
const isPrefixedToken = (match: string): boolean => {
  const body = /[A-Za-z0-9]+$/.exec(match)?.[0] ?? '';
  const words = match.slice(0, -body.length).split(/[-_]/).filter(Boolean);
  if (words.some((word) => secretWords.test(word)) && !idPrefixes.has(words[0] as string)) {
    return body.length >= 20 && (isHex(body) ? /[a-f]/i.test(body) && /\d/.test(body) : isRandom(body));
  }
  if (
    isHex(body) ||
    /^sha\d/.test(match) ||
    idPrefixes.has(words[0] as string) ||
    !/[A-Z]/.test(body) ||
    !/[a-z]/.test(body)
  )
    return false;
  return body.length >= (words.some((word) => likelyWords.test(word)) ? 24 : 30) && isRandom(body);
};

/** Whether a long rest is random: ids are shorter, and names are made of words. */
const isLongToken = (match: string): boolean => {
  const [prefix = ''] = match.split(/[-_]/);
  const body = match.slice(prefix.length + 1);
  // What is left beside a hash must be long, too.
  const rest = body.replace(/(?<![A-Za-z0-9])[0-9a-f]{32,}$/, '').replaceAll('-', '');
  if (idPrefixes.has(prefix) || /^sha\d/.test(prefix) || isHex(rest) || rest.length < 20) return false;
  const isMixedCase = /[A-Z]/.test(body) && /[a-z]/.test(body);
  return (isMixedCase || /^[a-z0-9]+$/.test(body)) && (body.match(/\d/g) ?? []).length >= 4 && isRandom(body);
};

/** Whether a token has letters and digits mixed, as no name behind the same prefix has. */
const isMixed = (match: string): boolean => {
  const body = match.replace(/^[A-Za-z\d]{1,6}[-_.]/, '');
  return isRandom(body) || (body.match(/\d/g) ?? []).length >= 4;
};

/** A short prefix and many random characters: how most services make their tokens today. */
export const prefixedRules: readonly ShapeRule[] = [
  {
    id: 'api-token',
    source:
      'GitHub blog, "Behind GitHub\'s new authentication token formats": the habit of a prefix, a separator and base62',
    hints: ['_', '-'],
    common: true,
    pattern:
      /(?<![\w.$/+@%=-])[a-z][a-z0-9]{1,15}(?:[_-][a-z][a-z0-9]{0,11}){0,3}[_-][A-Za-z0-9]{20,200}(?![\w+/=-]|\.[A-Za-z])/g,
    accept: isPrefixedToken,
    example: 'client made with {acme_live_d0U1mM2yD3u4Mm5Y6d7U8mM9yD0u}',
    counterexample: 'run_d0U1mM2yD3u4Mm5Y6d7U8mM9yD0u1M2m3 and test_getUserByIdAndTenantWithPermissions2 failed',
  },
  {
    id: 'api-token',
    source: 'The same, with base64url behind a word that says what it is',
    hints: ['_', '-'],
    common: true,
    pattern:
      /(?<![\w.$/+@%=-])(?:[a-z][a-z0-9]{1,15}[_-]){0,3}(?:sk|apikey|key|secret|token|pat)[_-][A-Za-z0-9_-]{24,200}(?![\w+/=-])/g,
    accept: (match) => /[a-z]/.test(match) && /[A-Z]/.test(match) && isMixed(match.replace(/^[a-z_-]+/, '')),
    example: 'refused {zq_secret_d0U1mM2y_D3u4Mm5Y6d-7U8mM9yD0u}',
    counterexample: 'secret_name_of_a_long_kind and key-value-store-of-the-Service-v2',
  },
  {
    id: 'api-token',
    source: 'The same, with more characters of base64url, or of small letters and digits, than ids have',
    hints: ['_', '-'],
    common: true,
    pattern:
      /(?<![\w.$/+@%:=-])[a-z][a-z0-9]{1,9}[_-](?:v\d{1,2}_)?(?:[A-Za-z0-9_-]{38,200}|[a-z0-9]{40,200})(?![\w+/=-]|\.[A-Za-z])/g,
    accept: isLongToken,
    example: 'the model refused {nvapi-d0U1mM2yD3u4Mm5Y6d7-U8mM9yD0u1_M2m3Y4d5U6m}',
    counterexample:
      'img-my_very_long_Name_of_a_thing_v2_2026_for_the_3_Regions and run_d0U1mM2yD3u4Mm5Y6d7-U8mM9yD0u1_M2m3Y4d5U6m',
  },
  {
    id: 'service-token',
    source:
      'Docs of Heroku, MailerSend, Dropbox, Pinecone, Apify, Jina AI, E2B, Firecrawl, Voyage AI, Langfuse, Composio, Browserbase, Railway',
    hints: [
      'HRKU-',
      'mlsn.',
      'sl.',
      'pcsk_',
      'apify_',
      'jina_',
      'e2b_',
      'fc-',
      'pa-',
      'sk-lf-',
      'comp_',
      'bb_',
      'Fe26.2*',
    ],
    bounded: true,
    pattern: shape(
      String.raw`(?:HRKU-[A-Za-z0-9_-]{30,}|mlsn\.[a-f0-9]{32,}|sl\.(?:u\.)?[A-Za-z0-9_-]{40,}|pcsk_[A-Za-z0-9_]{30,}|apify_api_[A-Za-z0-9]{20,}`,
      '|jina_[A-Za-z0-9_-]{30,}|e2b_[a-f0-9]{32,}|fc-[a-f0-9]{32}|pa-[A-Za-z0-9_-]{40,}|sk-lf-[a-f0-9-]{32,}|comp_[A-Za-z0-9]{24,}',
      String.raw`|bb_(?:live|test)_[A-Za-z0-9_-]{20,}|(?:rw_)?Fe26\.2\*[A-Za-z0-9_*-]{40,})(?![A-Za-z0-9_-])`,
    ),
    accept: isMixed,
    example: 'run of {apify_api_d0U1mM2yD3u4Mm5Y6d7U8mM9yD0u1M2m3} was aborted',
    counterexample: 'jina_embeddings_v2_base_en_model_of_many_words, fc-cache, pa-list and comp_name',
  },
  {
    id: 'service-token',
    source: 'Docs of Meta (EAA) and LinkedIn (AQ): access tokens without a separator',
    hints: ['EAA', 'AQ'],
    pattern: /(?<![\w+/=.-])(?:EAA[A-Za-z0-9]{30,}|AQ[A-Za-z0-9_-]{60,})(?![\w+/=-])/g,
    accept: isRandom,
    example: 'graph refused {EAAd0U1mM2yD3u4Mm5Y6d7U8mM9yD0u1M2m3}',
    counterexample: 'EAAAA, AQUARIUM and AQEBdummy0/dummy',
  },
  {
    id: 'service-token',
    source: 'NuGet docs, API keys: oy2 and 43 characters of base32',
    hints: ['oy2'],
    pattern: /(?<![\w+/=-])oy2[a-z0-9]{43}(?![\w+/=-])/g,
    example: 'dotnet nuget push -k {oy2dummy0dummy0dummy0dummy0dummy0dummy0dummy0d}',
    counterexample: 'oy2 and oy2dummy',
  },
];
