// The same graph for every Node peer, and how its departments are asked.
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

export const people = JSON.parse(readFileSync(process.env.BENCH_PEOPLE, 'utf8'));
const pool = new Pool(process.env.BENCH_UPSTREAM, { connections: 32, pipelining: 1 });

export const FIELDS = {
  identity: ['name', 'sexCode', 'birthDate', 'lifeStatus'],
  vehicles: ['plateNumber', 'vin', 'brandModel', 'firstRegisteredOn', 'mortgaged'],
  housing_fund: ['accountStatus', 'unitName', 'hasLoan', 'lastContributionOn'],
  securities: ['securityCode', 'securityName', 'market', 'quantity', 'pledgedQuantity'],
  related_persons: ['relationCode', 'relatedName', 'relatedIdNumber'],
};

export async function asked(stem, ids) {
  const { body } = await pool.request({
    path: `/${stem}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ids, fields: FIELDS[stem] }),
  });
  const { people: found } = await body.json();
  const rows = new Map(found.map(person => [person.idNumber, person.rows]));
  return ids.map(id => rows.get(id));
}

export const typeDefs = `
  type Query { case(count: Int!): Case }
  type Case { debtors: [Debtor!]! }
  type Identity { name: String! sexCode: String! birthDate: String lifeStatus: String }
  type Vehicle { plateNumber: String! vin: String! brandModel: String firstRegisteredOn: String mortgaged: Boolean }
  type HousingFund { accountStatus: String! unitName: String! hasLoan: Boolean! lastContributionOn: String! }
  type Security { securityCode: String! securityName: String! market: String! quantity: Int! pledgedQuantity: Int! }
  type Person { idNumber: String! identity: Identity vehicles: [Vehicle!]! }
  type RelatedPerson { relationCode: String! relatedName: String! person: Person! }
  type Debtor { idNumber: String! name: String! identity: Identity vehicles: [Vehicle!]! housingFund: HousingFund
    securities: [Security!]! relatedPersons: [RelatedPerson!]! }`;

export const debtors = count =>
  people.slice(0, count).map(idNumber => ({ idNumber, name: `示例${idNumber.slice(-6)}` }));
