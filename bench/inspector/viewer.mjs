// Reads an inspector's stream until stdin ends, and prints the number of bytes.
const [base, token] = process.argv[2].split('/#token=');
const until = new AbortController();
process.stdin.resume().on('end', () => until.abort());
let bytes = 0;
try {
  const response = await fetch(`${base}/api/stream`, {
    headers: { authorization: `Bearer ${token}` },
    signal: until.signal,
  });
  for await (const chunk of response.body) {
    if (bytes === 0) console.log('open');
    bytes += chunk.length;
  }
} catch (error) {
  if (!until.signal.aborted) throw error;
}
console.log(bytes);
