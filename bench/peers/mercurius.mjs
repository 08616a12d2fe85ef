import Fastify from 'fastify';
import mercurius from 'mercurius';
import { asked, debtors, typeDefs } from './graph.mjs';

const batch = (stem, one) => async queries => {
  const ids = [...new Set(queries.map(({ obj }) => obj.idNumber))];
  const rows = await asked(stem, ids);
  const of = new Map(ids.map((id, place) => [id, rows[place]]));
  return queries.map(({ obj }) => (one ? of.get(obj.idNumber)[0] : of.get(obj.idNumber)));
};
const person = { identity: batch('identity', true), vehicles: batch('vehicles', false) };

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  jit: 1,
  resolvers: {
    Query: { case: (_, { count }) => ({ debtors: debtors(count) }) },
    RelatedPerson: { person: ({ relatedIdNumber }) => ({ idNumber: relatedIdNumber }) },
  },
  loaders: {
    Person: person,
    Debtor: {
      ...person,
      housingFund: batch('housing_fund', true),
      securities: batch('securities', false),
      relatedPersons: batch('related_persons', false),
    },
  },
});
await app.listen({ port: Number(process.env.BENCH_PORT), host: '127.0.0.1' });
