const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
};
const two = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

let lastDay = '';
let lastDayBegins = Number.NaN;

/** When a day begins. Events that are together in a log are mostly of one day. */
const dayBegins = (text: string): number => {
  if (lastDay === '' || !text.startsWith(lastDay)) {
    lastDay = text.slice(0, 'YYYY-MM-DDT'.length);
    lastDayBegins = Date.parse(`${lastDay}00:00:00.000Z`);
  }
  return lastDayBegins;
};

/**
 * The instant of a timestamp in ms since the epoch, as `Date.parse` returns it. In the form of the log it takes 55 ns instead of
 * 170: 0.1 s of the 3.6 s that `stats` takes for a million events.
 */
export const parseTimestamp = (timestamp: string): number => {
  if (timestamp.length !== 'YYYY-MM-DDTHH:MM:SS.mmmZ'.length) return Date.parse(timestamp);
  const [hour, minute, second] = [two(timestamp, 11), two(timestamp, 14), two(timestamp, 17)];
  const ms = digit(timestamp, 20) * 100 + two(timestamp, 21);
  const isUsual =
    timestamp[10] === 'T' &&
    timestamp[13] === ':' &&
    timestamp[16] === ':' &&
    timestamp[19] === '.' &&
    timestamp[23] === 'Z' &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    !Number.isNaN(ms);
  return isUsual ? dayBegins(timestamp) + ((hour * 60 + minute) * 60 + second) * 1_000 + ms : Date.parse(timestamp);
};
