/* Several files at once, dropped onto a part of the page or chosen: each with its kind, each sent by itself through the
   form of the act, each with its own result. Without a script there is the form of the act, for one file.

   data-files on the part holds the address of that form. */
"use strict";

(() => {
    const MOST = 20; // files at once

    async function ask(url, options = {}) {
        const answer = await fetch(url, {credentials: "same-origin", ...options});
        return {answer, page: new DOMParser().parseFromString(await answer.text(), "text/html")};
    }

    function folded(text) {
        return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    }

    /* Makes each form one that is carried out once. `crypto.randomUUID` is there on https alone. */
    function token() {
        return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    }

    /* The kind whose name stands in that of the file. */
    function guess(name, kinds) {
        const found = Array.from(kinds.options).find((kind) => kind.value && folded(name).includes(folded(kind.text)));
        return found ? found.value : "";
    }

    function said(page, answer, words) {
        // A warning: the file was sent before, and the answer was lost. The list shows what became of it.
        for (const [level, look] of [["success", "good"], ["warning", "wait"]]) {
            const told = page.querySelector(`.messagelist .${level}`);
            if (answer.redirected && told) {
                return {isDone: true, look, text: told.textContent.trim()};
            }
        }
        const errors = page.querySelectorAll("#content-main .errorlist li, #content-main .errornote, .messagelist li");
        return {isDone: false, look: "bad", text: Array.from(errors, (one) => one.textContent.trim()).join(" ") || words.failed};
    }

    function row(file, kinds, part) {
        const line = part.querySelector("template").content.firstElementChild.cloneNode(true);
        const choice = kinds.cloneNode(true);
        choice.removeAttribute("id");
        choice.setAttribute("aria-label", `${part.dataset.kind} ${file.name}`);
        choice.value = guess(file.name, kinds);
        line.querySelector("[data-name]").textContent = file.name;
        line.querySelector("[data-name]").after(choice);
        return {file, line, choice, token: token()};
    }

    async function send(one, form, part) {
        const body = new FormData(form);
        body.set("file", one.file);
        body.set("file_type", one.choice.value);
        body.set("form_token", one.token);
        const told = one.line.querySelector("[data-said]");
        told.textContent = "…";
        try {
            const {answer, page} = await ask(part.dataset.files, {method: "POST", body});
            if (answer.ok) {
                one.token = token(); // Until it was answered, what is sent again is the same: it is stored once.
            }
            const result = said(page, answer, part.dataset);
            told.textContent = result.text;
            told.className = `lc-badge lc-badge-${result.look} lc-file-said`;
            one.choice.disabled = result.isDone;
            one.isDone = result.isDone;
            return result.isDone ? page : null;
        } catch {
            told.textContent = part.dataset.failed;
            return null;
        }
    }

    /* The list of documents as it is now; what became of each file stays. */
    function refresh(part, page) {
        const fresh = page.querySelector("#documents [data-list]");
        if (fresh) {
            part.closest("#documents").querySelector("[data-list]").replaceWith(document.adoptNode(fresh));
        }
    }

    async function offer(part, files) {
        const {page} = await ask(part.dataset.files);
        const form = page.querySelector("#content-main .lc-form");
        if (!form) {
            location.assign(part.dataset.files);
            return;
        }
        const kinds = form.elements.file_type;
        const rows = Array.from(files).slice(0, MOST).map((file) => row(file, kinds, part));
        const button = part.querySelector("[data-send]");
        part.querySelector("[data-rows]").replaceChildren(...rows.map((one) => one.line));
        button.hidden = false;
        button.disabled = false;
        button.onclick = async () => {
            button.disabled = true;
            for (const one of rows.filter((each) => !each.isDone)) {
                const after = await send(one, form, part);
                if (after) {
                    refresh(part, after);
                }
            }
            button.disabled = false;
            button.hidden = rows.every((one) => one.isDone);
        };
        button.focus();
    }

    function ready() {
        for (const part of document.querySelectorAll("[data-files]")) {
            const room = part.closest("#documents");
            const chooser = part.querySelector("input[type=file]");
            part.hidden = false;
            chooser.addEventListener("change", () => offer(part, chooser.files));
            room.addEventListener("dragover", (event) => {
                event.preventDefault();
                room.classList.add("lc-dropping");
            });
            room.addEventListener("dragleave", () => room.classList.remove("lc-dropping"));
            room.addEventListener("drop", (event) => {
                event.preventDefault();
                room.classList.remove("lc-dropping");
                if (event.dataTransfer.files.length) {
                    offer(part, event.dataTransfer.files);
                }
            });
        }
    }

    document.addEventListener("lc:shown", ready);
    ready();
})();
