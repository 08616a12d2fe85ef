import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
import { FIELDS, asked, debtors, typeDefs } from './graph.mjs';

const many = stem => ({ idNumber }, _, loaders) => loaders[stem].load(idNumber);
const one = stem => async ({ idNumber }, _, loaders) => (await loaders[stem].load(idNumber))[0];
const person = { identity: one('identity'), vehicles: many('vehicles') };

const server = new ApolloServer({
  typeDefs,
  resolvers: {
    Query: { case: (_, { count }) => ({ debtors: debtors(count) }) },
    RelatedPerson: { person: ({ relatedIdNumber }) => ({ idNumber: relatedIdNumber }) },
    Person: person,
    Debtor: {
      ...person,
      housingFund: one('housing_fund'),
      securities: many('securities'),
      relatedPersons: many('related_persons'),
    },
  },
});
await startStandaloneServer(server, {
  listen: { port: Number(process.env.BENCH_PORT), host: '127.0.0.1' },
  context: async () =>
    Object.fromEntries(
      Object.keys(FIELDS).map(stem => [stem, new DataLoader(ids => asked(stem, [...ids]))]),
    ),
});
