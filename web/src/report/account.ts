/** In whose name a form without signal is kept: the account that this device last saw signed in, or nobody's. */
import { make } from "../dom";
import { say } from "../words";

const KEY = "report.account";

interface Account {
  id: string;
  name: string;
}

/** Remember who the page says is signed in; the form that is kept without signal is filled in from that, and says so. */
export function knowAccount(form: HTMLFormElement): void {
  const { filedAs, filedAsName, outboxForm } = form.dataset;
  // What is found on a patrol is the walker's.
  if (form.dataset.patrolFound !== undefined || outboxForm === "direct") return;
  if (outboxForm !== "always") {
    remember(filedAs ? { id: filedAs, name: filedAsName ?? "" } : undefined);
    return;
  }
  const account = known();
  if (account) form.prepend(choice(form, account));
}

function choice(form: HTMLFormElement, account: Account): HTMLElement {
  const option = (value: string, text: string, checked: boolean): HTMLElement => {
    const radio = make("input", { type: "radio", name: "in_whose_name", value });
    radio.checked = checked;
    radio.addEventListener("change", () => choose(form, value ? account : undefined));
    return make("label", { class: "choice" }, radio, make("span", { text }));
  };
  choose(form, account);
  return make(
    "fieldset",
    { class: "field" },
    make("legend", { text: say("outbox.whose") }),
    option(account.id, account.name, true),
    option("", say("outbox.nobody"), false),
  );
}

function choose(form: HTMLFormElement, account: Account | undefined): void {
  form.dataset.filedAs = account?.id ?? "";
  form.dataset.filedAsName = account?.name ?? "";
}

function remember(account: Account | undefined): void {
  try {
    if (account) localStorage.setItem(KEY, JSON.stringify(account));
    else localStorage.removeItem(KEY);
  } catch {
    // A device that keeps nothing knows nobody: the form then goes without a name, as it says.
  }
}

function known(): Account | undefined {
  try {
    const account = JSON.parse(localStorage.getItem(KEY) ?? "null") as Account | null;
    return account?.id ? account : undefined;
  } catch {
    return undefined;
  }
}
