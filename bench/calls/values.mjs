/** A flat string, as from JSON.parse and a socket; `repeat` alone creates a rope. */
const flat = (text) => Buffer.from(text).toString('utf8');
const fill = (line, size) => flat(line.repeat(Math.ceil(size / line.length)).slice(0, size));
const pods = (size) => {
  const items = [];
  for (let left = size - 12; left > 40; left -= 41) {
    items.push({ name: `web-${String(items.length).padStart(5, '0')}`, ready: true, age: 2 });
  }
  return flat(JSON.stringify({ items }));
};

/** Healthy tool results of the usual shapes, by size in bytes. */
export const shapes = {
  'an object': (size) => JSON.parse(pods(size)),
  'JSON text': pods,
  'a table': (size) =>
    flat(
      `NAME                 READY   STATUS    RESTARTS   AGE\n${fill('web-6b7f9c-x2x       1/1     Running   0          2d\n', size)}`.slice(
        0,
        size,
      ),
    ),
  prose: (size) => fill('This library wraps a small client for the shop services. It keeps one pool per host. ', size),
};

export const sizes = { '100 B': 100, '10 KB': 10_000, '1 MB': 1_000_000 };
