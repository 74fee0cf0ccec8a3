/* Says some minutes before a session ends that it does, with a button to stay; afterwards, that it has.

   Another window may have prolonged it: the server is asked before anything is said. */
"use strict";

(() => {
    const EARLY = 5 * 60; // seconds
    const told = document.getElementById("lc-session");
    if (!told) {
        return;
    }
    let timer = 0;

    function wait(seconds) {
        clearTimeout(timer);
        const early = Math.min(EARLY, seconds / 2);
        timer = setTimeout(look, Math.max(seconds - early, 1) * 1000);
    }

    async function ask(options) {
        const answer = await fetch(told.dataset.url, {credentials: "same-origin", ...options});
        return answer.json();
    }

    async function look() {
        try {
            judge(await ask({}));
        } catch {
            timer = setTimeout(look, 30_000);
        }
    }

    function judge(state) {
        if (state.seconds > EARLY) {
            told.hidden = true;
            wait(state.seconds);
            return;
        }
        told.hidden = false;
        show("ended", state.seconds <= 0);
        show("ends", state.seconds > 0);
        show("stay", state.seconds > 0 && state.may_stay);
        const minutes = told.querySelector("[data-minutes]");
        minutes.textContent = String(Math.max(1, Math.ceil(state.seconds / 60)));
        if (state.seconds > 0) {
            timer = setTimeout(look, Math.min(state.seconds, 30) * 1000);
        }
    }

    function show(part, isShown) {
        told.querySelector(`[data-part=${part}]`).hidden = !isShown;
    }

    told.querySelector("[data-part=stay]").addEventListener("click", async () => {
        const body = new FormData(told.querySelector("form"));
        try {
            judge(await ask({method: "POST", body}));
        } catch {
            look();
        }
    });

    wait(Number(told.dataset.seconds));
})();
