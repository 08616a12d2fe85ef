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
import { SignInButton, StepUpButton } from './SignInButton';
import { type Words, dismiss, notProven, unauthenticated } from './words';

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin()];

export function Page({ config, problem }: { config: Config; problem: Words | null }) {
  const who = useSyncExternalStore(watch, current);
  const [notice, tell] = useState(problem);
  const [choices, choose] = useState<Choices>({ wire: 'ws', partial: false, plan: false });
  const chosen = useRef(choices);
  chosen.current = choices;

  const transport = useMemo(
    () => openTransport(config, () => chosen.current, tell),
    [config, who?.id],
  );
  useEffect(() => () => transport.close(), [transport]);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) tell(null); // somebody else, another story
    first.current = false;
  }, [who?.id]);

  return (
    <div className="page">
      <header className="bar">
        <h1>
          {config.title} <small>{config.version}</small>
        </h1>
        <ChoicesForm choices={choices} choose={choose} />
        <SessionBar config={config} who={who} tell={tell} />
      </header>
      {notice && (
        <div className="notice" role="alert">
          <Both words={notice} />
          {notice === unauthenticated && <SignInButton config={config} />}
          {notice === notProven && <StepUpButton config={config} />}
          <button type="button" onClick={() => tell(null)}>
            <Both words={dismiss} />
          </button>
        </div>
      )}
      <main>
        {/* Everybody sees their own schema, so somebody else starts anew; the tabs are in storage. */}
        <GraphiQL
          key={who?.id ?? ''}
          fetcher={transport.fetcher}
          plugins={PLUGINS}
          storage={sessionStorage} // queries may name people: they go with the tab
          schema={who ? undefined : null} // nothing to introspect before signing in
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
