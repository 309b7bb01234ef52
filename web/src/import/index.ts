/** The upload form: drop files on it, see what was chosen, watch it being sent, stop it. */
import { all, make, one } from "../dom";
import { navigate } from "../panel/navigation";
import { say } from "../words";
import { droppedFiles } from "./drop";
import { refusal, sizeText, sourcesOf } from "./files";

function show(form: HTMLFormElement, input: HTMLInputElement): void {
  const files = [...(input.files ?? [])];
  const problem = refusal(files, Number(form.dataset.limit ?? 0));
  tell(form, problem);
  input.setAttribute("aria-invalid", String(problem !== ""));
  one("[data-chosen]", form)?.replaceChildren(
    ...sourcesOf(files).map(({ name, size, lacks }) => {
      const missing = lacks.length > 0 ? say("import.lacks", { parts: lacks.join(" ") }) : "";
      return make(
        "li",
        {},
        make("strong", { text: name }),
        ` ${sizeText(size)} `,
        make("span", { class: "field__help", text: missing }),
      );
    }),
  );
}

function tell(form: HTMLFormElement, message: string): void {
  const place = one("[data-upload-error]", form);
  if (place) place.textContent = message;
}

function takeDrops(form: HTMLFormElement, input: HTMLInputElement): void {
  const zone = one("[data-drop]", form);
  if (!zone) return;
  for (const hint of all("[data-drop-hint]", form)) hint.hidden = false;
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  });
  for (const name of ["dragleave", "drop"])
    zone.addEventListener(name, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    if (!event.dataTransfer) return;
    const box = new DataTransfer();
    for (const file of await droppedFiles(event.dataTransfer)) box.items.add(file);
    input.files = box.files;
    input.dispatchEvent(new Event("change"));
  });
}

interface Answer {
  location?: string;
  detail?: string;
}

function answerOf(request: XMLHttpRequest): Answer {
  try {
    return JSON.parse(request.responseText) as Answer;
  } catch {
    return {};
  }
}

/** Send the form by hand, since only so a browser says how far an upload is. */
function send(form: HTMLFormElement): void {
  const request = new XMLHttpRequest();
  const box = one("[data-upload-progress]", form);
  const bar = box && one<HTMLProgressElement>("progress", box);
  const word = box && one("span", box);
  const stop = one<HTMLButtonElement>("[data-upload-stop]", form);
  const submit = one<HTMLButtonElement>("[type='submit']", form);
  const started = performance.now();
  const busy = (is: boolean): void => {
    if (box) box.hidden = !is;
    if (stop) stop.hidden = !is;
    if (submit) submit.disabled = is;
  };
  const fail = (message: string): void => {
    busy(false);
    tell(form, message);
    one<HTMLInputElement>("input[type='file']", form)?.focus();
  };
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    if (!total || !bar || !word) return;
    bar.value = Math.round((100 * loaded) / total);
    const rate = loaded / Math.max(0.001, (performance.now() - started) / 1000);
    const seconds = Math.round((total - loaded) / Math.max(rate, 1));
    word.textContent = say("import.sending", { percent: bar.value, seconds });
  });
  request.addEventListener("load", () => {
    const { location: place, detail } = answerOf(request);
    if (request.status === 201 && place) {
      busy(false);
      navigate(place);
    } else fail(detail ?? say("import.failed"));
  });
  request.addEventListener("error", () => fail(say("import.offline")));
  request.addEventListener("abort", () => fail(say("import.stopped")));
  stop?.addEventListener("click", () => request.abort(), { once: true });
  tell(form, "");
  busy(true);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
}

export function dressImport(): void {
  for (const form of all<HTMLFormElement>("form[data-upload]:not([data-dressed])")) {
    const input = one<HTMLInputElement>("input[type='file']", form);
    if (!input) continue;
    form.dataset.dressed = "";
    takeDrops(form, input);
    input.addEventListener("change", () => show(form, input));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (refusal([...(input.files ?? [])], Number(form.dataset.limit ?? 0)) === "") send(form);
      else input.focus();
    });
  }
}
