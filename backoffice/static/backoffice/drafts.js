/* Drafts: what is typed into a form of ours is kept in this browser until it was carried out, so that a session that
   ends, a window that closes or a server that is away loses no text.

   Kept for the person and for what the form is about: its address with its query, and its hidden fields, hold the case,
   the act, the invoice, the client, the chosen rows. For half a day; gone once the form was carried out, and with the
   logout. What is typed is kept alone: no password, code or file, nothing chosen, and nothing that was filled in. */
"use strict";

window.lcDrafts = (() => {
    const PREFIX = "lc-draft:";
    const SENT = "lc-sent";
    const HOURS = 12;
    const FIELDS = "textarea, input:is([type=text], [type=email], [type=tel], [type=date], [type=number], :not([type]))";
    const WAY = ["_changelist_filters", "queue", "place", "p", "o", "q"]; // how one came there
    const PASSING = ["csrfmiddlewaretoken", "form_token", "seen", "rows"]; // other ones each time that it is shown
    const meta = document.querySelector("meta[name=lc-person]");
    const person = meta?.content || "";
    const watched = new WeakSet();
    const answers = new WeakSet(); // forms that hold what was sent, and what the server has filled in

    // An attribute and not `form.action`: a field of that name would stand for it.
    function keyOf(form) {
        const url = new URL(form.getAttribute("action") || location.href, location.href);
        const hidden = Array.from(form.querySelectorAll("input[type=hidden]"), (field) => [field.name, field.value]);
        const about = [
            ...Array.from(url.searchParams).filter(([name]) => !WAY.includes(name)),
            // What the form showed at first is no part of what it is about.
            ...hidden.filter(([name]) => !PASSING.includes(name) && !name.startsWith("initial-")),
        ];
        return `${PREFIX}${person}:${url.pathname}?${new URLSearchParams(about.sort())}`;
    }

    function kept(form) {
        return Array.from(form.querySelectorAll(FIELDS)).filter((field) => field.name && field.autocomplete !== "one-time-code");
    }

    function stored(key) {
        try {
            return JSON.parse(localStorage.getItem(key));
        } catch {
            return null;
        }
    }

    /* A field with what it held before, so that it comes back over that alone. An answer holds what was typed as if it
       had been there from the start: what it was before is in the draft, else nothing. */
    function typed(field, form, before) {
        if (!answers.has(form)) {
            return field.value === field.defaultValue ? null : {value: field.value, was: field.defaultValue};
        }
        const was = before?.[field.name]?.was ?? "";
        return field.value === was ? null : {value: field.value, was};
    }

    function keep(form) {
        const key = keyOf(form);
        const before = stored(key)?.values;
        const values = kept(form).map((field) => [field.name, typed(field, form, before)]);
        try {
            const draft = {at: Date.now(), values: Object.fromEntries(values.filter(([, value]) => value))};
            localStorage.setItem(key, JSON.stringify(draft));
        } catch {
            // A browser that keeps nothing: the form works all the same.
        }
    }

    function drop(form) {
        localStorage.removeItem(keyOf(form));
    }

    function restore(form) {
        const draft = stored(keyOf(form));
        if (!draft) {
            return;
        }
        let changed = false;
        for (const field of kept(form)) {
            const typed = draft.values[field.name];
            if (typed && typed.was === field.defaultValue && typed.value !== field.value) {
                changed = true;
                field.value = typed.value;
            }
        }
        if (changed) {
            tell(form);
        }
    }

    function tell(form) {
        const template = document.getElementById("lc-draft-told");
        if (!template || form.querySelector(".lc-draft")) {
            return;
        }
        const told = template.content.firstElementChild.cloneNode(true);
        told.querySelector("button").addEventListener("click", () => {
            drop(form);
            form.reset();
            told.remove();
        });
        form.prepend(told);
    }

    function watch(form, isAnswer = false) {
        if (form.getAttribute("method") !== "post" || !person || watched.has(form)) {
            return;
        }
        watched.add(form);
        form.addEventListener("input", () => keep(form));
        if (isAnswer) {
            answers.add(form);
        } else {
            restore(form);
        }
    }

    function watchAll(isAnswer) {
        document.querySelectorAll("form.lc-form").forEach((form) => watch(form, isAnswer));
    }

    function purge() {
        for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
            const draft = stored(key);
            if (!draft || Date.now() - draft.at > HOURS * 3600 * 1000) {
                localStorage.removeItem(key);
            }
        }
    }

    function forget() {
        for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
            localStorage.removeItem(key);
        }
    }

    // The page after a form that was carried out says so: then its draft goes.
    const sent = sessionStorage.getItem(SENT);
    if (sent && document.querySelector(".messagelist .success, .messagelist .warning")) {
        localStorage.removeItem(sent);
    }
    sessionStorage.removeItem(SENT);
    purge();
    document.getElementById("logout-form")?.addEventListener("submit", forget);
    watchAll(Boolean(meta && "answer" in meta.dataset));
    document.addEventListener("lc:shown", () => watchAll(false));
    // After all others: a form that is sent in place leads to no other page.
    window.addEventListener("submit", (event) => {
        if (!event.defaultPrevented && watched.has(event.target)) {
            sessionStorage.setItem(SENT, keyOf(event.target));
        }
    });
    return {watch, drop};
})();
