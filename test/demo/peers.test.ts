import { describe, expect, it } from 'vitest';
import { assertPeers, demoPeers } from '../../src/demo/peers.ts';
import { HealError } from '../../src/errors.ts';

const thrownBy = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('the peers of the demo', () => {
  it('are accepted if they are installed', () => {
    expect(() => assertPeers()).not.toThrow();
  });

  it('are listed if they are missing, with the command that installs them', () => {
    const error = thrownBy(() => assertPeers(demoPeers, (name) => name === '@modelcontextprotocol/client'));
    expect(error).toBeInstanceOf(HealError);
    expect(error).toMatchObject({
      code: 'PEER_MISSING',
      message: expect.stringMatching(/npm install oidc-provider@9 @modelcontextprotocol\/server@2$/),
    });
  });
});
