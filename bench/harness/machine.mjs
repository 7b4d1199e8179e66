import { availableParallelism, cpus, loadavg, platform } from 'node:os';

const [loadAtStart = 0] = loadavg();

/** The machine, as far as it matters to the figures; the load average is that at the start of the program. */
export const machine = () => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  platform: platform(),
  node: process.version,
  loadAverage: Math.round(loadAtStart * 10) / 10,
});

/** The machine in one line. */
export const machineText = ({ processor, cores, platform, node, loadAverage } = machine()) =>
  `${cores} cores of ${processor}, ${platform}, Node ${node}, load average ${loadAverage}`;
