// Resolvers for the peers whose departments are asked through DataLoader; their context is loaders().
import DataLoader from 'dataloader';
import { FIELDS, asked, debtors } from './graph.mjs';

const many = stem => ({ idNumber }, _, loaders) => loaders[stem].load(idNumber);
const one = stem => async ({ idNumber }, _, loaders) => (await loaders[stem].load(idNumber))[0];
const person = { identity: one('identity'), vehicles: many('vehicles') };

export const resolvers = {
  Query: { case: (_, { count }) => ({ debtors: debtors(count) }) },
  RelatedPerson: { person: ({ relatedIdNumber }) => ({ idNumber: relatedIdNumber }) },
  Person: person,
  Debtor: {
    ...person,
    housingFund: one('housing_fund'),
    securities: many('securities'),
    relatedPersons: many('related_persons'),
  },
};

export const loaders = () =>
  Object.fromEntries(
    Object.keys(FIELDS).map(stem => [stem, new DataLoader(ids => asked(stem, [...ids]))]),
  );
