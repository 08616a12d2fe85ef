import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { MUTATION, QUERY, SUBSCRIPTION, authorization, caseNumber, draft, report, socketUrl, stand, token, url } from './demo.mjs';

const socket = createClient({
  url: socketUrl,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
});
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: url, headers: authorization }),
  ),
});

const event = new Promise((resolve, reject) =>
  client
    .subscribe({ query: gql(SUBSCRIPTION), variables: { number: caseNumber } })
    .subscribe({ next: ({ data }) => resolve(data), error: reject }),
);
await stand();
const query = (await client.query({ query: gql(QUERY) })).data;
const mutation = (await client.mutate({ mutation: gql(MUTATION), variables: draft })).data;
report({ query, mutation, subscription: await event });
