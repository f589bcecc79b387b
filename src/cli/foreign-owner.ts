// For commands that would leave files in STATE_DIR.
import { statSync } from "node:fs";

/** What root writes the service could not read: its next start would fail. Null also where the folder cannot be looked at: whoever opens
 *  something in it says why. */
export function foreignOwner(folder: string): string | null {
  const me = process.geteuid?.();
  try {
    const owner = statSync(folder, { throwIfNoEntry: false })?.uid;
    if (me === undefined || owner === undefined || owner === me) return null;
    return `A pasta do estado (${folder}) é de outro usuário (uid ${owner}): rode o comando como ele; com systemd, pelo systemd-run de docs/operacao.md.`;
  } catch {
    return null;
  }
}
