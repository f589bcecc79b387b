// The form that stands before everything else where the monitor asks who is there.
import { useEffect, useRef, useState } from "preact/hooks";
import { signIn } from "../data/session.ts";

export function SignIn() {
  const [error, setError] = useState<string | null>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => { field.current?.focus(); }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setUnderWay(true);
    const wrong = await signIn(field.current?.value ?? "");
    setUnderWay(false);
    setError(wrong);
    field.current?.select();
  };
  return (
    <main class="sign-in" id="main">
      <form class="panel" onSubmit={(event) => void submit(event)}>
        <h1>pvmonitor</h1>
        <p>Para ver as usinas, informe a senha da página. Quem instalou o monitor a conhece: é o valor de <code>WEB_TOKEN</code>.</p>
        <input class="hidden" type="text" name="username" autoComplete="username" value="pvmonitor" tabIndex={-1} aria-hidden="true" readOnly />
        <label for="token">Senha da página</label>
        <input id="token" ref={field} type="password" name="token" autoComplete="current-password" required maxLength={4096} aria-describedby="sign-in-error" />
        <p id="sign-in-error" class="error" role="alert">{error}</p>
        <button type="submit" class="button button-main" disabled={isUnderWay}>{isUnderWay ? "Verificando…" : "Entrar"}</button>
      </form>
    </main>
  );
}
