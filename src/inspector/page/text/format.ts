const digits = (value: number): string => {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
};

/** Formats a configured duration: `2.5 s`, `10 min`. */
export const roundDuration = (ms: number): string =>
  duration(ms)
    .replace(/(\.\d*?)0+(?= )/, '$1')
    .replace(/\.(?= )| 0 (min|s)$/, '');

/** Formats a measured duration in a suitable unit: `0.04 ms`, `312 ms`, `2.41 s`, `3 min 5 s`. */
export const duration = (ms: number | null): string => {
  if (ms === null || !Number.isFinite(ms)) return '–';
  if (ms < 999.5) return `${digits(ms)} ms`;
  if (ms < 59_995) return `${digits(ms / 1000)} s`;
  const minutes = Math.floor(Math.round(ms / 1000) / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(ms / 1000) % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `12,345` */
export const count = (value: number): string => whole.format(value);

/** The compact form: `12.3K`. */
export const compact = (value: number): string => (value < 10_000 ? whole.format(value) : short.format(value));

/** `3 runs`, `1 run`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** The local time of day: `14:03:09`. */
export const clockTime = (at: number): string => {
  const date = new Date(at);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
};

/** The local date: `2026-02-04`. */
export const day = (at: number): string => {
  const date = new Date(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
};

/** The local date and time with milliseconds: `2026-02-04 14:03:09.120`. */
export const moment = (at: number): string =>
  Number.isFinite(at) ? `${day(at)} ${clockTime(at)}.${pad(new Date(at).getMilliseconds(), 3)}` : '–';

/** Only the time if it is on the same day as `now`, otherwise date and time. */
export const nearTime = (at: number, now: number): string =>
  day(at) === day(now) ? clockTime(at) : `${day(at)} ${clockTime(at).slice(0, 5)}`;

/** The time that is left: `12 s left`, or `expired`. */
export const left = (until: number | null, time: number): string => {
  if (until === null) return '–';
  return until <= time ? 'expired' : `${roundDuration(Math.ceil((until - time) / 1000) * 1000)} left`;
};

/** The largest unit of a duration: `12 s`, `5 min`, `3 h`, `4 days`. */
export const coarseDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`;
};

/** `999 bytes`, `4.0 KB`, `1.2 MB` */
export const byteSize = (bytes: number): string => {
  if (bytes < 1_000) return counted(bytes, 'byte');
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
};
