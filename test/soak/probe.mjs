// Loaded into the proxy before it: tells what memory it holds when it is asked, once all garbage is gone.
process.on('message', () => {
  setTimeout(() => {
    globalThis.gc();
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send({ rss, heapUsed, external });
  }, 20);
});
process.channel.unref();
