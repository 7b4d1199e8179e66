// Loaded into the proxy: reports its memory on request, after a garbage collection.
process.on('message', () => {
  setTimeout(() => {
    globalThis.gc();
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send({ rss, heapUsed, external });
  }, 20);
});
process.channel.unref();
