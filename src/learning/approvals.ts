import { createHmac, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { loadMachineKey, readMachineKey } from '../sharing/machine-key.ts';
import { learningDir } from './args-digest.ts';

/** Seals what a person approves on this machine, so that nobody can approve a lesson by writing its file. */
export interface Approvals {
  /** Seals a digest. Rejects with a message for people if the key of this machine cannot be read or made. */
  seal(digest: string): Promise<string>;
  /** Whether one of the seals is that of this user on this machine for the digest. Never throws. */
  isSealed(digest: string, seals: readonly string[]): boolean;
}

const sealWith = (key: Buffer, digest: string): string =>
  createHmac('sha256', key).update(`lesson-approval\0${digest}`).digest('hex').slice(0, 32);

/** The approvals of this user on this machine, by the key in the state folder, which is made with the first approval. */
export const approvalsIn = (stateDir: string): Approvals => {
  let known: Buffer | null | undefined;
  const read = (): Buffer | null => {
    try {
      return readMachineKey(join(stateDir, 'learning'));
    } catch {
      return null;
    }
  };
  return {
    seal: async (digest) => {
      known = await loadMachineKey(learningDir(stateDir));
      return sealWith(known, digest);
    },
    isSealed: (digest, seals) => {
      if (seals.length === 0) return false;
      known ??= read();
      if (known === null) return false;
      const own = Buffer.from(sealWith(known, digest));
      return seals.some((seal) => seal.length === own.length && timingSafeEqual(Buffer.from(seal), own));
    },
  };
};

/** Nothing is approved. */
export const noApprovals: Approvals = {
  seal: () => Promise.reject(new Error('nothing can be approved here')),
  isSealed: () => false,
};
