// GraphiQL's way to the gateway: queries over HTTP, subscriptions over WebSocket or SSE.
import type { FetcherOpts, FetcherParams } from '@graphiql/toolkit';
import { type ExecutionResult, getOperationAST, parse } from 'graphql';
import { NetworkError, createClient as createSse } from 'graphql-sse';
import { createClient as createWs } from 'graphql-ws';
import type { Config } from './config';
import { SESSION_HEADER, refresh } from './session';
import { type Sink, stream } from './stream';
import { type Words, notProven, said, unauthenticated, unreadable } from './words';

export type Wire = 'ws' | 'sse';

/** What the person has chosen; read anew for every operation. */
export interface Choices {
  readonly wire: Wire;
  readonly partial: boolean;
  readonly plan: boolean;
}

export interface Transport {
  fetcher(params: FetcherParams, options?: FetcherOpts): Promise<Answer>;
  close(): void;
}

type Answer = ExecutionResult | AsyncIterable<ExecutionResult>;

const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';
const REFUSED_CLOSES = [4401, 4403]; // graphql-transport-ws: unauthorized, forbidden

/** The transport of whoever is signed in here; *tell* hears what the person should know. */
export function openTransport(
  config: Config,
  choices: () => Choices,
  tell: (words: Words) => void,
): Transport {
  const url = new URL(config.endpoint, location.origin).href;
  const sse = createSse({ url, headers: SESSION_HEADER, retryAttempts: 0 }); // one connection each
  const ws = createWs({
    url: url.replace(/^http/, 'ws'),
    connectionParams: SESSION_HEADER, // a handshake has no headers of ours
    retryAttempts: 0, // an event missed between two connections would go unnoticed
    on: {
      closed: event => {
        if (REFUSED_CLOSES.includes((event as CloseEvent).code)) refused(unauthenticated);
      },
    },
  });

  /** Says why, and shows who is signed in now: perhaps nobody any more. */
  function refused(words: Words): void {
    refresh(config).catch(() => {}).finally(() => tell(words));
  }

  async function ask(params: FetcherParams, options?: FetcherOpts): Promise<ExecutionResult> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...options?.headers, ...SESSION_HEADER, ...asked(choices()) },
      body: JSON.stringify(params),
    });
    if (response.status === 401) refused(challenged(response));
    try {
      return (await response.json()) as ExecutionResult;
    } catch {
      throw said(response.status === 401 ? unauthenticated : unreadable(response.status));
    }
  }

  const watched = <T>(sink: Sink<T>): Sink<T> => ({
    ...sink,
    error: reason => {
      if (reason instanceof NetworkError && reason.response?.status === 401) {
        refused(challenged(reason.response));
      }
      sink.error(reason);
    },
  });

  return {
    async fetcher(params, options) {
      if (!isSubscription(params)) return ask(params, options);
      const operation = { ...params, operationName: params.operationName ?? undefined };
      const client = choices().wire === 'ws' ? ws : sse;
      return stream<ExecutionResult>(sink => client.subscribe(operation, watched(sink) as never));
    },
    close() {
      sse.dispose();
      void ws.dispose();
    },
  };
}

/** What a 401 wants: the second factor again (RFC 9470), or a sign-in. */
const challenged = (response: Pick<Response, 'headers'>): Words =>
  response.headers.get('WWW-Authenticate')?.includes('insufficient_user_authentication')
    ? notProven
    : unauthenticated;

const asked = ({ partial, plan }: Choices): Record<string, string> => ({
  Accept: ACCEPT,
  'Content-Type': 'application/json',
  ...(partial && { 'X-Partial': 'allow' }),
  ...(plan && { 'X-Explain': 'plan' }),
});

function isSubscription({ query, operationName }: FetcherParams): boolean {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false; // the gateway words the syntax error
  }
}
