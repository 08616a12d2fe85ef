// What a JWT says of its bearer, for display only: the gateway alone judges it.

export interface Claims {
  readonly sub?: string;
  readonly role?: string;
  readonly exp?: number; // seconds since 1970
}

/** The readable claims of *token*, or null if it is no JWT. */
export function claimsOf(token: string): Claims | null {
  const payload = token.split('.')[1];
  if (!payload) return null;
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, character => character.charCodeAt(0));
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof read !== 'object' || read === null) return null;
    const { sub, role, exp } = read as Record<string, unknown>;
    return {
      ...(typeof sub === 'string' && { sub }),
      ...(typeof role === 'string' && { role }),
      ...(typeof exp === 'number' && { exp }),
    };
  } catch {
    return null;
  }
}

/** *seconds* as h:mm:ss or m:ss. */
export function countdown(seconds: number): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `${two(Math.floor(seconds) % 60)}`;
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
