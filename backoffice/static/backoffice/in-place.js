/* Acts in place: the form of an act opens on the page that its button stands on, is sent from there, and the page is
   shown as it has become. Addresses, forms and answers are those of the pages without a script.

   data-place on a link opens what it leads to beside it; on a form, the form is sent in place. */
"use strict";

(() => {
    const ROOM = "content-start";
    const PAUSE = 400; // milliseconds after the last key, until it is asked what would come of a form
    const words = document.getElementById("lc-place-words")?.dataset || {};
    let place = null;

    function pageOf(text) {
        return new DOMParser().parseFromString(text, "text/html");
    }

    async function ask(url, options = {}) {
        const answer = await fetch(url, {credentials: "same-origin", ...options});
        return {answer, page: pageOf(await answer.text())};
    }

    function isHere(url) {
        return new URL(url).pathname === location.pathname;
    }

    function isLogin(url) {
        return new URL(url).pathname.includes("/login/") || new URL(url).pathname.includes("/second-factor/");
    }

    function note(room, text, link) {
        room.querySelector(".lc-place-note")?.remove();
        const told = document.createElement("p");
        told.className = "lc-note lc-note-bad lc-place-note";
        told.setAttribute("role", "alert");
        told.textContent = text;
        if (link) {
            const way = document.createElement("a");
            way.href = link;
            way.target = "_blank";
            way.textContent = words.login;
            told.append(" ", way);
        }
        room.prepend(told);
    }

    function failed(room, answer) {
        if (answer && isLogin(answer.url)) {
            note(room, words.ended, `${new URL(answer.url).pathname}?next=${encodeURIComponent(location.pathname)}`);
        } else if (answer && answer.status === 403) {
            note(room, words.refused);
        } else {
            note(room, words.away);
        }
    }

    /* The page as it is now; what was open or said before is gone. Who works by the keyboard stays where they were: at
       the button of the act, else at the beginning of the page's own part. */
    function show(page, action) {
        const fresh = page.getElementById(ROOM);
        document.getElementById(ROOM).replaceWith(document.adoptNode(fresh));
        place = null;
        const {pathname} = new URL(action);
        const again = Array.from(fresh.querySelectorAll("a[data-place]")).find((link) => new URL(link.href).pathname === pathname);
        (again || fresh).focus({preventScroll: true});
        const said = fresh.querySelector(".messagelist");
        if (said) {
            said.setAttribute("role", "status");
        }
        document.dispatchEvent(new CustomEvent("lc:shown"));
    }

    function close() {
        place?.section.remove();
        place?.link.focus();
        place = null;
    }

    function roomFor(link) {
        return link.closest("[data-room]") || link.closest(".lc-card") || link.parentElement;
    }

    function fill(section, page, action, isAnswer) {
        const content = page.getElementById("content-main");
        const form = content.querySelector(".lc-form");
        const parts = [content.querySelector(".lc-explain"), form].filter(Boolean);
        form.action = action;
        section.querySelector(".lc-place-body").replaceChildren(...parts.map((part) => document.adoptNode(part)));
        window.lcDrafts?.watch(form, isAnswer);
        if (form.elements.seen) {
            foresee(form);
        }
        return form;
    }

    function focus(form) {
        const first = form.querySelector(".errors :is(input, select, textarea), [autofocus], .lc-field :is(input, select, textarea)");
        (first || form.querySelector("button")).focus();
    }

    function opened(link) {
        const section = document.createElement("section");
        section.className = "lc-place lc-noprint";
        section.setAttribute("aria-label", link.textContent.trim());
        section.innerHTML = '<div class="lc-place-body"></div>';
        roomFor(link).append(section);
        place = {section, link};
        return section;
    }

    async function open(link) {
        try {
            const {answer, page} = await ask(link.href);
            if (answer.redirected || !page.querySelector("#content-main .lc-form")) {
                location.assign(link.href);
                return;
            }
            close();
            focus(fill(opened(link), page, link.href, false));
        } catch {
            location.assign(link.href);
        }
    }

    async function send(form, button) {
        const section = form.closest(".lc-place");
        const room = section?.querySelector(".lc-place-body") || form.parentElement;
        const body = new FormData(form, button);
        form.lcPending?.abort();
        button?.setAttribute("disabled", "");
        try {
            const {answer, page} = await ask(form.action, {method: "POST", body});
            if (answer.redirected && isHere(answer.url)) {
                window.lcDrafts?.drop(form);
                show(page, form.action);
                return;
            }
            if (answer.ok && !answer.redirected && section && page.querySelector("#content-main .lc-form")) {
                focus(fill(section, page, form.action, true));
                return;
            }
            if (answer.ok && !isLogin(answer.url)) {
                leave(form, answer, page);
                return;
            }
            failed(room, answer);
        } catch {
            failed(room);
        }
        button?.removeAttribute("disabled");
    }

    /* Elsewhere: a list that the case is no longer on, or the page of the act with what was refused. */
    function leave(form, answer, page) {
        if (answer.redirected) {
            if (!page.querySelector(".messagelist :is(.warning, .error)")) {
                window.lcDrafts?.drop(form);
            }
            window.lcSaid?.keep(page);
            location.assign(answer.url);
            return;
        }
        const told = page.querySelector(".errornote, .errorlist");
        note(form.parentElement, told ? told.textContent.trim() : words.away);
        form.querySelector("button[type=submit]")?.removeAttribute("disabled");
    }

    /* What would come of a form is asked for while it is filled in. It is never carried out by that: `seen` is empty. */
    function foresee(form) {
        let timer = 0;
        form.addEventListener("input", () => {
            clearTimeout(timer);
            form.lcPending?.abort();
            form.elements.seen.value = "";
            timer = setTimeout(() => look(form), PAUSE);
        });
    }

    async function look(form) {
        if (Array.from(form.querySelectorAll("[required]")).some((field) => !field.value)) {
            return;
        }
        form.lcPending = new AbortController();
        const body = new FormData(form);
        body.set("seen", "");
        try {
            const {answer, page} = await ask(form.action, {method: "POST", body, signal: form.lcPending.signal});
            const fresh = page.querySelector("#content-main .lc-form");
            if (answer.ok && !answer.redirected && fresh && form.isConnected) {
                form.elements.seen.value = fresh.elements.seen?.value || "";
                swap(form, fresh, ".lc-outcome", ".lc-buttons");
                swap(form, fresh, ".lc-buttons > button");
            }
        } catch {
            // Sent without having been seen, it is shown then.
        }
    }

    function swap(form, fresh, what, before) {
        const old = form.querySelector(what);
        const now = fresh.querySelector(what);
        if (old && now) {
            old.replaceWith(document.adoptNode(now));
        } else if (now) {
            form.querySelector(before).before(document.adoptNode(now));
        } else {
            old?.remove();
        }
    }

    document.addEventListener("click", (event) => {
        const link = event.target.closest("a[data-place]");
        const cancel = event.target.closest(".lc-place .lc-buttons a");
        if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
            return;
        }
        if (cancel) {
            event.preventDefault();
            close();
        } else if (link) {
            event.preventDefault();
            open(link);
        }
    });

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!event.defaultPrevented && (form.closest(".lc-place") || form.matches("[data-place]"))) {
            event.preventDefault();
            send(form, event.submitter);
        }
    });

    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && place && !document.querySelector("dialog[open]")) {
            close();
        }
    });
})();
