// Search, copying and the chosen language. The page is complete without this.
"use strict";

const MOST = 40;

// As the product searches: without case and accents.
const folded = (text) =>
  text.toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").normalize("NFD").replace(/[\u0300-\u036f]/g, "");

const textOf = (element) => (element ? element.textContent.replace(/\s+/g, " ").trim() : "");

// What can be found: {title, where, address, text}. A title weighs more than what stands below it.
function places() {
  const found = [];
  const add = (title, where, address, text) =>
    found.push({ title, where, address, name: folded(title), text: folded(`${title} ${text}`) });
  for (const article of document.querySelectorAll("article[data-found]")) {
    const title = textOf(article.querySelector("h3"));
    const address = textOf(article.querySelector(".address"));
    const said = article.querySelector(".said") || article;
    add(title, address || "Object", `#${article.id}`, `${address} ${textOf(said.querySelector("p:not(.address)"))}`);
    for (const row of article.querySelectorAll(".rows tr")) {
      const field = textOf(row.querySelector("code"));
      add(field, `${title}${address ? `: ${address}` : ""}`, `#${article.id}`, textOf(row));
    }
    for (const failure of article.querySelectorAll(".failures li")) {
      add(textOf(failure), `${title}: ${address}`, `#${article.id}`, "");
    }
  }
  for (const chapter of document.querySelectorAll(".chapter")) {
    const title = textOf(chapter.querySelector("h2"));
    let heading = null;
    let text = [];
    const close = () => heading && add(textOf(heading), title, `#${heading.id}`, text.join(" "));
    for (const part of chapter.children) {
      if (/^H[3-6]$/.test(part.tagName)) {
        close();
        heading = part;
        text = [];
      } else {
        text.push(textOf(part));
        for (const row of part.querySelectorAll("tbody tr")) {
          add(textOf(row.cells[0]), `${title}: ${textOf(row)}`, `#${heading ? heading.id : chapter.id}`, textOf(row));
        }
      }
    }
    close();
  }
  return found;
}

function ranked(all, words) {
  const whole = words.join(" ");
  return all
    .filter((place) => words.every((word) => place.text.includes(word)))
    .map((place) => {
      const rank = place.name === whole ? 0 : place.name.startsWith(whole) ? 1 : place.name.includes(whole) ? 2 : 3;
      return { ...place, rank };
    })
    .sort((one, other) => one.rank - other.rank);
}

function line(place) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const where = document.createElement("small");
  link.href = place.address;
  link.textContent = place.title;
  where.textContent = place.where;
  link.append(where);
  item.append(link);
  return item;
}

function search(form) {
  const input = form.querySelector("input");
  const list = form.querySelector("ol");
  let all = null;
  const hide = () => { list.hidden = true; };
  const show = () => {
    const words = folded(input.value).split(/\s+/).filter(Boolean);
    all ||= places();
    const found = words.length ? ranked(all, words) : [];
    list.replaceChildren(...found.slice(0, MOST).map(line));
    if (words.length && !found.length) {
      const none = document.createElement("p");
      none.textContent = "Nothing found.";
      list.append(none);
    }
    list.hidden = !words.length;
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  list.addEventListener("click", hide);
  form.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") hide();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? input : links[Math.min(next, links.length - 1)])?.focus();
  });
  document.addEventListener("click", (event) => form.contains(event.target) || hide());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    input.focus();
  });
}

function rememberLanguage() {
  const chosen = document.getElementById(`in-${localStorage.getItem("language")}`);
  if (chosen) chosen.checked = true;
  for (const choice of document.querySelectorAll("[name=language]")) {
    choice.addEventListener("change", () => localStorage.setItem("language", choice.value));
  }
}

function offerCopies() {
  for (const figure of document.querySelectorAll("figure.code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(figure.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    figure.querySelector("figcaption").append(button);
  }
}

function foldMenu() {
  const menu = document.querySelector(".menu");
  const narrow = matchMedia("(max-width: 820px)");
  const fit = () => { menu.open = !narrow.matches; };
  fit();
  narrow.addEventListener("change", fit);
  menu.addEventListener("click", (event) => { if (narrow.matches && event.target.closest("a")) menu.open = false; });
}

search(document.querySelector(".search"));
foldMenu();
offerCopies();
try {
  rememberLanguage();
} catch {
  // A browser that keeps nothing for us.
}
