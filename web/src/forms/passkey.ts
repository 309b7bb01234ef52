/**
 * `data-passkey="create|get|login"`: a form that is sent with what a passkey signed, in its field `credential`.
 * `data-passkey-options` names the element with the server's challenge; for `login` it is fetched when asked.
 */
import { all, one } from "../dom";

type Json = Record<string, unknown>;

/** base64url, as WebAuthn's JSON writes bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function textOf(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function dressPasskeys(): void {
  for (const form of all<HTMLFormElement>("form[data-passkey]:not([data-passkey-dressed])")) {
    form.dataset.passkeyDressed = "";
    const start = one<HTMLButtonElement>("[data-passkey-start]", form);
    if (!start) continue;
    if (!window.PublicKeyCredential) {
      show(form, "[data-passkey-missing]", true);
      continue;
    }
    start.hidden = false;
    start.addEventListener("click", () => void send(form, start));
  }
}

async function send(form: HTMLFormElement, start: HTMLButtonElement): Promise<void> {
  start.disabled = true;
  show(form, "[data-passkey-problem]", false);
  try {
    const field = one<HTMLInputElement>("input[name=credential]", form);
    if (field) field.value = JSON.stringify(await signed(form));
    form.submit();
  } catch {
    show(form, "[data-passkey-problem]", true);
    start.disabled = false;
  }
}

function show(form: HTMLFormElement, selector: string, visible: boolean): void {
  const notice = one(selector, form);
  if (notice) notice.hidden = !visible;
}

async function signed(form: HTMLFormElement): Promise<Json> {
  const options = await optionsOf(form);
  if (form.dataset.passkey === "create") {
    const wish = one<HTMLInputElement>("input[name=passwordless]", form)?.checked ?? false;
    return created(await navigator.credentials.create({ publicKey: creation(options, wish) }));
  }
  return asserted(await navigator.credentials.get({ publicKey: request(options) }));
}

async function optionsOf(form: HTMLFormElement): Promise<Json> {
  if (form.dataset.passkey !== "login") {
    const element = document.getElementById(form.dataset.passkeyOptions ?? "");
    return JSON.parse(element?.textContent ?? "{}").publicKey;
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options.publicKey;
}

function creation(options: Json, isPasswordless: boolean): PublicKeyCredentialCreationOptions {
  const user = options.user as Json;
  const wanted = isPasswordless
    ? { residentKey: "required", requireResidentKey: true, userVerification: "required" }
    : {};
  return {
    ...options,
    challenge: bytesOf(options.challenge as string),
    user: { ...user, id: bytesOf(user.id as string) },
    excludeCredentials: known(options.excludeCredentials),
    authenticatorSelection: { ...(options.authenticatorSelection as Json), ...wanted },
  } as unknown as PublicKeyCredentialCreationOptions;
}

function request(options: Json): PublicKeyCredentialRequestOptions {
  return {
    ...options,
    challenge: bytesOf(options.challenge as string),
    allowCredentials: known(options.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
}

function known(list: unknown): Json[] {
  return ((list ?? []) as Json[]).map((one) => ({ ...one, id: bytesOf(one.id as string) }));
}

function frame(credential: PublicKeyCredential): Json {
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function created(found: Credential | null): Json {
  const credential = found as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...frame(credential),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

function asserted(found: Credential | null): Json {
  const credential = found as PublicKeyCredential;
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...frame(credential),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: response.userHandle ? textOf(response.userHandle) : null,
    },
  };
}
