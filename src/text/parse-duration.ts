/** A duration in a text and its place. */
export interface DurationSpan {
  readonly ms: number;
  readonly start: number;
  readonly end: number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The units by their words and short forms, in the languages in which services write, the smallest unit first. */
const unitWords: readonly (readonly [ms: number, words: string])[] = [
  [
    1,
    'ms|msecs?|millis|milli[ -]?sec(?:ond)?s?|millisekunden?|millisecondes?|milisegundos?|milissegundos?|millisecond[oie]|milliseconden|' +
      'milisekund\\w*|мс|миллисекунд[аыу]?|ミリ秒|毫秒|밀리초',
  ],
  [
    second,
    'second\\(s\\)|s|secs?|seconds?|sek\\.?|sekund(?:en?|y|er|ę|a)?|secondes?|seg\\.?|segundos?|second[oi]|seconden|secunde?|sekuntia?|' +
      'másodperc\\w{0,3}|saniye\\w{0,3}|sn|giây|detik|vteřin[uy]?|с|сек\\.?|секунд[аыу]?|δευτερόλεπτ[αο]|ثانية|ثوان|שניות|' +
      '秒(?:钟|鐘|間)?|초',
  ],
  [
    minute,
    'minute\\(s\\)|m|mins?|minutes?|minuten?|minut(?:[aeuyioę]|er|os|ten|es)?|minuto|minuuttia?|perc\\w{0,3}|dakika\\w{0,3}|dk|phút|' +
      'menit|мин\\.?|минут[аыу]?|хвилин[аиу]?|λεπτ[άό]|דקות|分(?:钟|鐘|間)?|분',
  ],
  [
    hour,
    'hour\\(s\\)|h|hrs?|hours?|stunden?|std\\.?|heures?|horas?|or[ae]|uur|uren|godzin[aęy]?|timm(?:e|ar)|timer?|saat|giờ|час(?:а|ов)?|' +
      'годин[аиу]?|小时|小時|時間|시간',
  ],
  [
    day,
    'd|days?|tagen?|tage?|jours?|días?|dias?|giorn[oi]|dag(?:en|ar|e)?|dni|dzień|gün|ngày|hari|дн(?:я|ей|і)|день|天|日|일',
  ],
];

/** Numbers in words, up to ten, and how one says a single unit. */
const numberWords: Readonly<Record<string, number>> = Object.fromEntries(
  (
    [
      [0.5, 'half a|half an'],
      [1, 'a|an|one|ein|eine|einer|einem|einen|un|une|una|uno|um|uma|een|één|jedną|bir|одну|один|一|1つ'],
      [2, 'two|zwei|deux|dos|dois|duas|due|twee|dwie|iki|две|два|两|二'],
      [3, 'three|drei|trois|tres|três|tre|drie|trzy|üç|три|三'],
      [4, 'four|vier|quatre|cuatro|quatro|quattro|cztery|dört|четыре|四'],
      [5, 'five|fünf|cinq|cinco|cinque|vijf|pięć|beş|пять|五'],
      [6, 'six|sechs|seis|sei|zes|sześć|altı|шесть|六'],
      [7, 'seven|sieben|sept|siete|sete|sette|zeven|siedem|yedi|семь|七'],
      [8, 'eight|acht|huit|ocho|oito|otto|osiem|sekiz|восемь|八'],
      [9, 'nine|neun|neuf|nueve|nove|negen|dziewięć|dokuz|девять|九'],
      [10, 'ten|zehn|dix|diez|dez|dieci|tien|dziesięć|on|десять|十'],
      [15, 'fifteen|fünfzehn|quinze|quince|quindici'],
      [20, 'twenty|zwanzig|vingt|veinte|vinte|venti'],
      [30, 'thirty|dreißig|trente|treinta|trinta|trenta|тридцать|三十'],
      [60, 'sixty|sechzig|soixante|sesenta|sessenta|sessanta'],
    ] as const
  ).flatMap(([number, words]) => words.split('|').map((word) => [word, number])),
);

const numberPattern = String.raw`\d{1,3}(?:[, ]\d{3})+(?:\.\d{1,9})?|\d{1,15}(?:[.,]\d{1,9})?`;
const wordPattern = Object.keys(numberWords)
  .sort((a, b) => b.length - a.length)
  .join('|');
const unitPattern = unitWords.map(([, words]) => `(${words})`).join('|');
/** A unit ends with its word, though scripts without spaces go on at once. */
const unitEnd = String.raw`(?<=[\u3040-\u9fff\uac00-\ud7a3.)]|(?![\p{L}\p{N}_]|-\d|\/))(?!\p{Ll}\p{Ll})`;

/** A number and its unit. */
const part = new RegExp(
  String.raw`(?:(${numberPattern})|(?<![\p{L}\p{N}])(${wordPattern}))(?:["'’](?=[ \u00a0]))?[ \u00a0]?-?(?:${unitPattern})${unitEnd}`,
  'iuy',
);
/** The same where another unit follows at once, as in `1m30s`. */
const tightPart = new RegExp(String.raw`(${numberPattern})()(?:${unitPattern})(?=\d)`, 'iuy');
const between = /(?:,? ?(?:and|und|et|y|e|en|i|и|ve|och) |, ?| )?/iuy;
/** Where a part can begin, found before it is read: most characters of a text begin none. */
const opening = new RegExp(
  String.raw`(?<![\p{L}\p{N}_.,:/-])(?:\d|(?:${wordPattern})(?=[ \u00a0-]))|(?<=[\u3040-\u9fff\uac00-\ud7a3])[\d一二两三四五六七八九十]|[一二两三四五六七八九十]`,
  'giu',
);

const clock = /(?:(\d{1,3})\.)?(\d{1,3}):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?(?![\d:]|\.\d|\s?[ap]\.?m\b)/iy;
const iso =
  /(?<![\p{L}\p{N}_])P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:[.,]\d{1,9})?)S)?)?(?![\p{L}\p{N}_])/gu;

const toNumber = (digits: string): number => {
  // `1,500` and `1 500` are thousands; a single comma before other than three digits is a decimal one.
  if (/^\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?$/.test(digits)) return Number(digits.replace(/[, ]/g, ''));
  return Number(digits.replace(',', '.'));
};

interface Part {
  readonly amount: number;
  readonly unit: number;
  readonly end: number;
}

const read = (regex: RegExp, text: string, at: number): RegExpExecArray | null => {
  regex.lastIndex = at;
  return regex.exec(text);
};

const readPart = (text: string, at: number): Part | null => {
  const match = read(part, text, at) ?? read(tightPart, text, at);
  if (match === null) return null;
  const [whole, digits, word] = match;
  const index = match.findIndex((group, place) => place >= 3 && group !== undefined) - 3;
  const unit = unitWords[index]?.[0];
  const amount = digits ? toNumber(digits) : numberWords[(word ?? '').toLowerCase()];
  return unit === undefined || amount === undefined ? null : { amount, unit, end: at + whole.length };
};

/** The unit one below, for the French `1h30`. */
const below: Readonly<Record<number, number>> = { [day]: hour, [hour]: minute, [minute]: second };
const bareRest = /(\d{1,2})(?![\p{L}\p{N}.,:])/uy;

/** Reads numbers with units, the units falling: `1 minute 30 seconds`, `2h30m`. */
const readParts = (text: string, start: number): DurationSpan | null => {
  let ms = 0;
  let unit = Number.POSITIVE_INFINITY;
  let end = start;
  let at = start;
  for (let count = 0; count < 5; count += 1) {
    const next = readPart(text, at);
    if (next === null || next.unit >= unit) break;
    ms += next.amount * next.unit;
    ({ unit, end } = next);
    at = end + (read(between, text, end)?.[0].length ?? 0);
  }
  if (end === start) return null;
  const rest = below[unit] === undefined ? null : read(bareRest, text, end);
  if (rest !== null) return { ms: ms + Number(rest[1]) * (below[unit] ?? 0), start, end: end + rest[0].length };
  return { ms, start, end };
};

/** Reads `hh:mm:ss`, `mm:ss`, and the .NET form `d.hh:mm:ss`. */
const readClock = (text: string, start: number): DurationSpan | null => {
  const match = read(clock, text, start);
  if (match === null) return null;
  const [whole, days = '0', first, middle, last, fraction = '0'] = match;
  const seconds =
    last === undefined
      ? Number(first) * 60 + Number(middle)
      : Number(first) * 3_600 + Number(middle) * 60 + Number(last);
  return {
    ms: Math.round(Number(days) * day + (seconds + Number(`0.${fraction}`)) * second),
    start,
    end: start + whole.length,
  };
};

const maxFound = 64;
const widths = /[０-９]/g;

/** Full-width digits are digits; the length of the text stays the same. */
const plainDigits = (text: string): string =>
  /[０-９]/.test(text) ? text.replace(widths, (digit) => String(digit.charCodeAt(0) - 0xff10)) : text;

/** Finds the durations in a text, in words, short forms, as `hh:mm:ss` and in ISO 8601, in order of their place. */
export const findDurations = (given: string): readonly DurationSpan[] => {
  const text = plainDigits(given);
  const found: DurationSpan[] = [];
  opening.lastIndex = 0;
  for (let match = opening.exec(text); match !== null && found.length < maxFound; match = opening.exec(text)) {
    const span = readClock(text, match.index) ?? readParts(text, match.index);
    if (span === null) continue;
    found.push(span);
    opening.lastIndex = span.end;
  }
  for (const match of text.matchAll(iso)) {
    const [whole, weeks, days, hours, minutes, seconds] = match;
    if (whole.length < 3 || whole.endsWith('T')) continue;
    const ms =
      Number(weeks ?? 0) * 7 * day +
      Number(days ?? 0) * day +
      Number(hours ?? 0) * hour +
      Number(minutes ?? 0) * minute +
      toNumber(seconds ?? '0') * second;
    found.push({ ms, start: match.index, end: match.index + whole.length });
  }
  return found.sort((a, b) => a.start - b.start);
};

/** Reads a text that is one duration as a whole, such as `1m30s`, `2.5 seconds`, `00:01:30` or `PT30S`; in ms. */
export const parseDuration = (text: string): number | null => {
  const trimmed = text.trim();
  const [first] = trimmed.length > 80 ? [] : findDurations(trimmed);
  return first !== undefined && first.start === 0 && first.end === trimmed.length ? first.ms : null;
};
