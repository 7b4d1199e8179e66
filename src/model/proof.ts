const proofs = new WeakSet<object>();

/**
 * Marks an error that healflow itself saw between itself and the tool server, such as a refused connection, an HTTP status
 * or a timeout. Unlike what a tool throws it is proof of what happened to the call.
 */
export const markProof = <E extends object>(error: E): E => {
  proofs.add(error);
  return error;
};

/** Whether healflow itself saw this error. */
export const isProof = (error: unknown): boolean => typeof error === 'object' && error !== null && proofs.has(error);
