// urql over fetch alone: it lists text/event-stream in every Accept, and subscribes over it.
import { Client, fetchExchange } from '@urql/core';
import { MUTATION, QUERY, SUBSCRIPTION, authorization, caseNumber, draft, report, stand, url } from './demo.mjs';

const client = new Client({
  url,
  exchanges: [fetchExchange],
  fetchSubscriptions: true,
  preferGetMethod: false,
  fetchOptions: { headers: authorization },
});

const event = new Promise(resolve =>
  client.subscription(SUBSCRIPTION, { number: caseNumber }).subscribe(({ data, error }) =>
    resolve(data ?? String(error)),
  ),
);
await stand();
const query = (await client.query(QUERY, {}).toPromise()).data;
const mutation = (await client.mutation(MUTATION, draft).toPromise()).data;
report({ query, mutation, subscription: await event });
