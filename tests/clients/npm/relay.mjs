// relay-runtime's network layer: fetch for queries and mutations, graphql-ws for subscriptions.
import relay from 'relay-runtime';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { MUTATION, QUERY, SUBSCRIPTION, authorization, caseNumber, draft, report, socketUrl, stand, token, url } from './demo.mjs';

const { Network, Observable } = relay;
const socket = createClient({
  url: socketUrl,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
});
const network = Network.create(
  async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...authorization, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json();
  },
  ({ text }, variables) =>
    Observable.create(sink => socket.subscribe({ query: text, variables }, sink)),
);

const run = (text, operationKind, variables) =>
  network.execute({ id: null, text, operationKind, name: 'Q', metadata: {} }, variables, {});
const first = new Promise((resolve, reject) =>
  run(SUBSCRIPTION, 'subscription', { number: caseNumber }).subscribe({ next: resolve, error: reject }),
);
await stand();
const query = (await run(QUERY, 'query', {}).toPromise()).data;
const mutation = (await run(MUTATION, 'mutation', draft).toPromise()).data;
report({ query, mutation, subscription: (await first).data });
