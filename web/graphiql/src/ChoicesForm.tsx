// How operations travel: the wire of subscriptions, and whether a part will do.
import { Both } from './Both';
import type { Choices, Wire } from './transport';
import { partial, partialHint, plan, planHint, subscriptions } from './words';

interface Props {
  readonly choices: Choices;
  readonly choose: (choices: Choices) => void;
}

export function ChoicesForm({ choices, choose }: Props) {
  return (
    <div className="choices">
      <label>
        <Both words={subscriptions} />
        <select
          data-testid="wire"
          value={choices.wire}
          onChange={event => choose({ ...choices, wire: event.target.value as Wire })}
        >
          <option value="ws">WebSocket</option>
          <option value="sse">SSE</option>
        </select>
      </label>
      <label title={`${partialHint.zh}\n${partialHint.en}`}>
        <input
          type="checkbox"
          data-testid="partial"
          checked={choices.partial}
          onChange={event => choose({ ...choices, partial: event.target.checked })}
        />
        <Both words={partial} />
      </label>
      <label title={`${planHint.zh}\n${planHint.en}`}>
        <input
          type="checkbox"
          data-testid="plan"
          checked={choices.plan}
          onChange={event => choose({ ...choices, plan: event.target.checked })}
        />
        <Both words={plan} />
      </label>
    </div>
  );
}
