// Asks the device for a passkey, or to make one, and sends the form with its answer. The form is shown only where the browser knows
// passkeys, at the address that they are bound to.
import { creation_options, type Challenge, request_options, to_json } from "../lib/credentials.ts";

export function mount(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const address = form.dataset.challenge;
  if (typeof PublicKeyCredential === "undefined" || !navigator.credentials || !address) return;
  document.getElementById(form.dataset.instead ?? "")?.remove();
  if (location.origin !== form.dataset.origin) {
    document.getElementById(form.dataset.elsewhere ?? "")?.removeAttribute("hidden");
    return;
  }
  form.hidden = false;
  const trouble = form.querySelector<HTMLElement>("[data-trouble]");
  const say = (sentence: string): void => void (trouble && (trouble.textContent = sentence));
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    button?.setAttribute("disabled", "");
    try {
      const field = form.querySelector<HTMLInputElement>("input[name=credential]");
      const password = form.querySelector<HTMLInputElement>("input[type=password]");
      const code = form.querySelector<HTMLInputElement>("input[name=code]");
      const challenge = await ask(address, password ? { current_password: password.value, code: code?.value } : undefined);
      const credential = password
        ? await navigator.credentials.create({ publicKey: creation_options(challenge) })
        : await navigator.credentials.get({ publicKey: request_options(challenge) });
      if (!field || !credential) throw new Refusal("Your device answered nothing. Try again.");
      field.value = JSON.stringify(to_json(credential as PublicKeyCredential));
      // Password and code have done their part.
      for (const field of [password, code]) if (field) field.disabled = true;
      form.submit();
    } catch (error) {
      say(sentence_of(error));
      button?.removeAttribute("disabled");
    }
  });
}

async function ask(address: string, proof?: { current_password: string; code?: string }): Promise<Challenge> {
  const body = proof === undefined ? undefined : JSON.stringify(proof);
  const headers = body === undefined ? undefined : { "content-type": "application/json" };
  const answer = await fetch(address, { method: "POST", body, headers });
  const said = (await answer.json()) as { options?: Challenge; detail?: string; errors?: { message: string }[] };
  if (!said.options) throw new Refusal(said.errors?.[0]?.message ?? said.detail ?? "That did not work. Try again.");
  return said.options;
}

class Refusal extends Error {}

function sentence_of(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  const name = error instanceof Error ? error.name : "";
  if (name === "InvalidStateError") return "This device has a passkey for your account already.";
  if (name === "SecurityError") return "Passkeys work only at the address that the site is known by. Open it there.";
  return "Your device did not answer, or you called it off. Nothing was changed; try again.";
}
