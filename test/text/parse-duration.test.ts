import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDurations, parseDuration } from '../../src/text/parse-duration.ts';

fc.configureGlobal({ seed: 20_260_204 });

const seed = 20_261_130;

/** How a whole number of a unit is written, in several languages. */
const units = [
  [
    1,
    [
      'ms',
      ' ms',
      ' milliseconds',
      ' Millisekunden',
      ' millisecondes',
      ' milisegundos',
      ' мс',
      ' 毫秒',
      'ミリ秒',
      '밀리초',
    ],
  ],
  [
    1_000,
    [
      's',
      ' s',
      ' sec',
      ' secs',
      ' seconds',
      '-second',
      ' Sekunden',
      ' secondes',
      ' segundos',
      ' secondi',
      ' seconden',
      ' sekund',
      ' секунд',
      ' saniye',
      '秒',
      ' 秒',
      '초',
    ],
  ],
  [
    60_000,
    [
      'm',
      ' min',
      ' mins',
      ' minutes',
      ' Minuten',
      ' minutos',
      ' minuti',
      ' minuten',
      ' minut',
      ' минут',
      ' dakika',
      '分',
      '分钟',
      ' 分鐘',
      '분',
    ],
  ],
  [
    3_600_000,
    [
      'h',
      ' h',
      ' hrs',
      ' hours',
      ' Stunden',
      ' heures',
      ' horas',
      ' ore',
      ' uur',
      ' godzin',
      ' часов',
      ' saat',
      '小时',
      '時間',
      '시간',
    ],
  ],
  [
    86_400_000,
    ['d', ' days', ' Tage', ' jours', ' días', ' dias', ' giorni', ' dagen', ' dni', ' дней', ' gün', '天', '일'],
  ],
] as const;

const written = fc
  .constantFrom(...units.flatMap(([ms, forms]) => forms.map((form) => [ms, form] as const)))
  .chain(([ms, form]) =>
    fc.integer({ min: 0, max: 9_999 }).map((amount) => [`${amount}${form}`, amount * ms] as const),
  );

const decimal = fc
  .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 99 }), fc.constantFrom('.', ','))
  .map(([whole, part, mark]) => {
    const digits = String(part).padStart(2, '0');
    return [`${whole}${mark}${digits} seconds`, whole * 1_000 + Number(digits) * 10] as const;
  });

const parts = fc.tuple(
  fc.integer({ min: 1, max: 23 }),
  fc.integer({ min: 1, max: 59 }),
  fc.integer({ min: 1, max: 59 }),
);
const total = ([h, m, s]: readonly [number, number, number]): number => ((h * 60 + m) * 60 + s) * 1_000;
const two = (value: number): string => String(value).padStart(2, '0');

const compounds: readonly ((value: readonly [number, number, number]) => string)[] = [
  ([h, m, s]) => `${h}h${m}m${s}s`,
  ([h, m, s]) => `${h}h ${m}m ${s}s`,
  ([h, m, s]) => `${h} hours, ${m} minutes and ${s} seconds`,
  ([h, m, s]) => `${h} hours ${m} minutes ${s} seconds`,
  ([h, m, s]) => `${h} Stunden, ${m} Minuten und ${s} Sekunden`,
  ([h, m, s]) => `${h} heures ${m} min ${s} s`,
  ([h, m, s]) => `${h} horas, ${m} minutos y ${s} segundos`,
  ([h, m, s]) => `${h} часов ${m} минут ${s} секунд`,
  ([h, m, s]) => `${h}小时${m}分${s}秒`,
  ([h, m, s]) => `${h}時間${m}分${s}秒`,
  ([h, m, s]) => `${h}시간 ${m}분 ${s}초`,
  ([h, m, s]) => `${two(h)}:${two(m)}:${two(s)}`,
  ([h, m, s]) => `PT${h}H${m}M${s}S`,
];

describe('parseDuration', () => {
  it('reads back every duration of one unit, in every form', () => {
    fc.assert(
      fc.property(fc.oneof(written, decimal), ([text, ms]) => {
        expect(parseDuration(text)).toBeCloseTo(ms, 5);
      }),
      { seed, numRuns: 2_000 },
    );
  });

  it('reads back every compound duration, in every form', () => {
    fc.assert(
      fc.property(fc.constantFrom(...compounds), parts, (write, value) => {
        expect(parseDuration(write(value))).toBe(total(value));
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it.each([
    ['2h30m', 9_000_000],
    ['6m0s', 360_000],
    ['1h30', 5_400_000],
    ['1:30', 90_000],
    ['1.02:03:04', 93_784_000],
    ['00:00:01.500', 1_500],
    ['1,500 ms', 1_500],
    ['2,5 Sekunden', 2_500],
    ['a minute', 60_000],
    ['half an hour', 1_800_000],
    ['ten seconds', 10_000],
    ['eine Minute', 60_000],
    ['одну минуту', 60_000],
    ['十秒', 10_000],
    ['１５秒', 15_000],
    ['P1DT2H', 93_600_000],
    ['PT0.5S', 500],
    ['30-second', 30_000],
    ['1 minute(s)', 60_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    'soon',
    '30',
    '3 items',
    '5 megabytes',
    '10.0.0.1:8080',
    'P',
    'PT',
    '12:3',
    '99:99:99',
    '30 seconds ago',
    'v1.2.3s',
    '2026-11-24T04:00:30Z',
  ])('reads no duration in %s', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('findDurations', () => {
  it('finds each duration at its place', () => {
    const text = 'waited 30 s of PT1M, 00:00:05 left';
    expect(findDurations(text).map(({ ms, start, end }) => [ms, text.slice(start, end)])).toEqual([
      [30_000, '30 s'],
      [60_000, 'PT1M'],
      [5_000, '00:00:05'],
    ]);
  });

  it('finds at most 64, and ends on any text', () => {
    expect(findDurations('1s '.repeat(1_000))).toHaveLength(64);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        for (const { ms, start, end } of findDurations(text)) {
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
        }
      }),
      { seed, numRuns: 500 },
    );
  });
});
