// From a client that pushes into a sink to an iterable that GraphiQL pulls from.
import { Worded, connectionClosed } from './words';

export interface Sink<T> {
  next(value: T): void;
  error(reason: unknown): void;
  complete(): void;
}

/** Starts at the first pull; leaving the loop stops the source. Throws what the source reports. */
export async function* stream<T>(start: (sink: Sink<T>) => () => void): AsyncGenerator<T> {
  const waiting: T[] = [];
  let over = false;
  let failure: unknown;
  let wake = (): void => {};
  const end = (reason?: unknown): void => {
    over = true;
    failure = reason;
    wake();
  };
  const stop = start({
    next: value => {
      waiting.push(value);
      wake();
    },
    error: reason => end(readable(reason)),
    complete: () => end(),
  });
  try {
    while (true) {
      while (waiting.length) yield waiting.shift() as T;
      if (over) break;
      await new Promise<void>(resolve => (wake = resolve));
    }
    if (failure) throw failure;
  } finally {
    stop();
  }
}

/** The protocols report an `Error`, a list of GraphQL errors, or a bare close event. */
function readable(reason: unknown): unknown {
  if (reason instanceof Error || Array.isArray(reason)) return reason;
  const { code, reason: text } = (reason ?? {}) as Partial<CloseEvent>;
  return new Worded(connectionClosed([code, text].filter(Boolean).join(' ') || '?'));
}
