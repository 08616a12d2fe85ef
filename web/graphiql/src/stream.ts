// From a client that pushes into a sink to an iterable that GraphiQL pulls from.
import { NetworkError } from 'graphql-sse';
import { connectionClosed, said, unreadable } from './words';

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
    error: reason => end(reason ?? 'error'),
    complete: () => end(),
  });
  try {
    while (true) {
      while (waiting.length) yield waiting.shift() as T;
      if (over) break;
      await new Promise<void>(resolve => (wake = resolve));
    }
    if (failure) throw await readable(failure);
  } finally {
    stop();
  }
}

/** What the gateway said, or else what happened; without the stack of an `Error`, which helps nobody. */
async function readable(reason: unknown): Promise<unknown> {
  if (Array.isArray(reason)) return reason; // the errors of GraphQL
  if (reason instanceof NetworkError && reason.response instanceof Response) {
    return refusal(reason.response);
  }
  if (reason instanceof Error) return { message: reason.message };
  const { code, reason: text } = (reason ?? {}) as Partial<CloseEvent>;
  return said(connectionClosed([code, text].filter(Boolean).join(' ') || '?'));
}

async function refusal(response: Response): Promise<unknown> {
  try {
    const { errors } = (await response.json()) as { errors?: unknown };
    if (Array.isArray(errors)) return errors;
  } catch {
    // not JSON: the status says what there is to say
  }
  return said(unreadable(response.status));
}
