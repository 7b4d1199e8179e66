export { FakeClock, settlePromises } from '../../src/testing/fake-clock.ts';
