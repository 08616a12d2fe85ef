// graphql-ws: all three kinds of operation over one socket.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { MUTATION, QUERY, SUBSCRIPTION, caseNumber, draft, report, socketUrl, stand, token } from './demo.mjs';

const client = createClient({
  url: socketUrl,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
});
const first = payload =>
  new Promise((resolve, reject) =>
    client.subscribe(payload, { next: ({ data }) => resolve(data), error: reject, complete() {} }),
  );

const event = first({ query: SUBSCRIPTION, variables: { number: caseNumber } });
await stand();
const query = await first({ query: QUERY });
const mutation = await first({ query: MUTATION, variables: draft });
report({ query, mutation, subscription: await event });
