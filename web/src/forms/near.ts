/** `data-near`: fill in where the reader stands and ask again; without scripts the page offers the towns. */
import { all, one } from "../dom";
import { whereAmI } from "../map/where";
import { say } from "../words";

async function locate(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  const field = one<HTMLInputElement>("input[name='near']", form);
  const error = one("[data-near-error]", form);
  button.disabled = true;
  try {
    const { lng, lat } = await whereAmI();
    if (field) field.value = `${lng.toFixed(6)},${lat.toFixed(6)}`;
    if (error) error.hidden = true;
    button.disabled = false;
    form.requestSubmit();
  } catch {
    if (error) {
      error.textContent = say("map.noLocation");
      error.hidden = false;
    }
    button.disabled = false;
  }
}

export function dressNear(): void {
  for (const form of all<HTMLFormElement>("form[data-near]:not([data-dressed])")) {
    form.dataset.dressed = "";
    const button = one<HTMLButtonElement>("[data-near-locate]", form);
    button?.addEventListener("click", (event) => {
      event.preventDefault();
      void locate(form, button);
    });
    const within = one<HTMLSelectElement>("select[name='within']", form);
    within?.addEventListener("change", () => {
      if (one<HTMLInputElement>("input[name='near']", form)?.value) form.requestSubmit();
    });
  }
}
