// GraphiQL under a bar that says who asks, and how.
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Both } from './Both';
import { ChoicesForm } from './ChoicesForm';
import type { Config } from './config';
import { current, watch } from './session';
import { SessionBar } from './SessionBar';
import { type Choices, openTransport } from './transport';
import { type Words, dismiss, unauthenticated } from './words';
import { SignInButton } from './SignInButton';

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin()];

export function Page({ config, problem }: { config: Config; problem: Words | null }) {
  const token = useSyncExternalStore(watch, current);
  const [notice, tell] = useState(problem);
  const [choices, choose] = useState<Choices>({ wire: 'ws', partial: false, plan: false });
  const chosen = useRef(choices);
  chosen.current = choices;

  const transport = useMemo(
    () => openTransport(config.endpoint, token, () => chosen.current, tell),
    [config.endpoint, token],
  );
  useEffect(() => () => transport.close(), [transport]);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) tell(null); // another bearer, another story
    first.current = false;
  }, [token]);

  return (
    <div className="page">
      <header className="bar">
        <h1>
          {config.title} <small>{config.version}</small>
        </h1>
        <ChoicesForm choices={choices} choose={choose} />
        <SessionBar config={config} token={token} tell={tell} />
      </header>
      {notice && (
        <div className="notice" role="alert">
          <Both words={notice} />
          {notice === unauthenticated && <SignInButton config={config} tell={tell} />}
          <button type="button" onClick={() => tell(null)}>
            <Both words={dismiss} />
          </button>
        </div>
      )}
      <main>
        {/* A token sees its own schema, so another token starts anew; the tabs are in storage. */}
        <GraphiQL
          key={token}
          fetcher={transport.fetcher}
          plugins={PLUGINS}
          storage={sessionStorage} // queries may name people: they go with the tab
          schema={token ? undefined : null} // nothing to introspect before signing in
          defaultQuery={config.defaultQuery}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          inputValueDeprecation
          schemaDescription
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </div>
  );
}
