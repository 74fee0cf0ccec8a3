"""A browser window of one member of staff, and everything that goes wrong in it."""

import functools
import io
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Request, Response, sync_playwright

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "staff"
WITH_PICTURES = bool(os.environ.get("STAFF_SCREENSHOTS"))
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic"]  # CI is root, and has neither screen nor network
PICTURE_HEIGHT = 1800  # pixels; what a long page has below is cut off

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`CSP: ${event.violatedDirective} refuses ${event.blockedURI} (${event.sourceFile})`);
});
"""

# What a page must be at any width: it says what it is, nothing sticks out, pictures and fields have names.
LOOK = """() => {
    const faults = [];
    const seen = (element) => element.checkVisibility({ visibilityProperty: true });
    const told = (element) => element.outerHTML.slice(0, 160);
    const room = document.documentElement;
    if (room.scrollWidth > room.clientWidth) {
        const widest = [...document.querySelectorAll("body *")].filter(
            (element) => seen(element) && element.getBoundingClientRect().right > room.clientWidth + 1
        );
        faults.push(`${room.scrollWidth} px wide: ${widest.slice(0, 2).map(told).join(" | ")}`);
    }
    if ([...document.querySelectorAll("h1")].filter(seen).length !== 1) faults.push("not exactly one h1");
    for (const image of document.querySelectorAll("img:not([alt])")) faults.push(`no alt: ${told(image)}`);
    const fields = "input:not([type=hidden], [type=submit], [type=button], [type=reset]), select, textarea";
    for (const field of document.querySelectorAll(fields)) {
        const attribute = ["aria-label", "aria-labelledby", "title"].some((name) => field.getAttribute(name));
        const heading = field.closest(".tabular td");  // The rows of Django's tables have one for each column.
        if (seen(field) && !field.labels.length && !attribute && !heading) faults.push(`no label: ${told(field)}`);
    }
    return faults;
}"""


class BrowserThread:
    """A browser in a thread of its own: Playwright's event loop would give the tests a second database connection."""

    def __init__(self, executable: str) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._ident = self._pool.submit(threading.get_ident).result()
        self.browser: Browser = self.do(self._start, executable)

    def _start(self, executable: str) -> Browser:
        self._playwright = sync_playwright().start()
        return self._playwright.chromium.launch(executable_path=executable, args=OPTIONS)

    def do(self, work: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Carry `work` out in the browser's thread and wait for it."""
        if threading.get_ident() == self._ident:
            return work(*args, **options)
        return self._pool.submit(work, *args, **options).result()

    def stop(self) -> None:
        """Close the browser."""
        self.do(self.browser.close)
        self.do(self._playwright.stop)
        self._pool.shutdown()


def there(method: Callable[..., Any]) -> Callable[..., Any]:
    """Carries a method of a desk out in the browser's thread."""

    @functools.wraps(method)
    def carried_out(desk: "Desk", *args: Any, **options: Any) -> Any:
        return desk.thread.do(method, desk, *args, **options)

    return carried_out


class Desk:
    """One window. `faults` are console errors, refusals of the content policy, scripts that broke, failed requests."""

    def __init__(
        self, thread: BrowserThread, server: str, session: dict[str, str] | None, size: Any, locale: str = "fr-FR"
    ) -> None:
        self.thread, self.server = thread, server
        self.clicks = 0  # since they were last set to none
        self.faults: list[str] = []
        self._open(session, size, locale)

    @there
    def _open(self, session: dict[str, str] | None, size: Any, locale: str) -> None:
        place = {"locale": locale, "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}
        self._context = self.thread.browser.new_context(viewport=size, **place)
        self._context.set_default_timeout(20_000)  # milliseconds
        self._context.add_init_script(TELL_VIOLATIONS)
        if session:
            self._context.add_cookies([{**session, "url": self.server}])
        self.page = self._context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._fault(f"script: {error}"))
        self.page.on("response", self._response)
        self.page.on("requestfailed", self._failed)

    @there
    def sit_again(self, session: dict[str, str]) -> None:
        """Come back with a new session, as after another login."""
        self._context.add_cookies([{**session, "url": self.server}])

    @there
    def close(self) -> list[str]:
        """Leave, if that has not been done. Returns what went wrong and was not returned before."""
        if self._context in self.thread.browser.contexts:
            self.page.wait_for_timeout(100)  # milliseconds, in which the browser tells the last of it
            self._context.close()
        told, self.faults = self.faults, []
        return told

    @property
    @there
    def url(self) -> str:
        """Where the window is."""
        return self.page.url

    @there
    def run(self, script: str) -> Any:
        """What `script` says in the present page."""
        return self.page.evaluate(script)

    @there
    def click(self, selector: str) -> None:
        """Click something that leads nowhere else."""
        self.clicks += 1
        self.page.click(selector)

    @there
    def open_in_place(self, selector: str) -> None:
        """Click the button of an act whose form opens beside it."""
        self.clicks += 1
        self.page.click(selector)
        self.page.wait_for_selector(".lc-place .lc-form")

    @there
    def save_in_place(self, selector: str = ".lc-place .lc-buttons button") -> str:
        """Click what carries an act out in place, and wait for the page as it has become. Returns what it says."""
        self.page.evaluate("document.getElementById('content-start').dataset.before = '1'")
        self.clicks += 1
        self.page.click(selector)
        self.page.wait_for_selector("#content-start:not([data-before])")
        return self.said()

    @there
    def wait_longer(self) -> None:
        """Give a page two minutes: what workers do is done within the request here."""
        self.page.set_default_timeout(120_000)

    @there
    def choose_files(self, selector: str, *files: Path) -> None:
        """Choose files in a field."""
        self.page.set_input_files(selector, list(files))

    @there
    def wait(self, selector: str) -> None:
        """Wait for something to be seen."""
        self.page.wait_for_selector(selector)

    @there
    def keys(self, *names: str) -> None:
        """Press keys, one after the other."""
        for name in names:
            self.page.keyboard.press(name)

    @there
    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.page.keyboard.type(text)

    @there
    def enter(self, text: str = "") -> None:
        """Type into what has the focus, and Enter, which leads to another page."""
        self.page.keyboard.type(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    @there
    def resize(self, size: Any) -> None:
        """Make the window wider or narrower."""
        self.page.set_viewport_size(size)

    @there
    def count(self, selector: str) -> int:
        """How many of it are on the page."""
        return self.page.locator(selector).count()

    @there
    def go(self, address: str) -> int:
        """Open a page of the server; returns the status of the answer."""
        answer = self.page.goto(urljoin(self.server, address))
        return answer.status if answer else 0

    @there
    def press(self, selector: str) -> None:
        """Click what leads to another page."""
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.click(selector)

    @there
    def fill(self, **values: Any) -> None:
        """Fill in fields by their names: true and false tick, paths are files."""
        room = ".lc-place" if self.page.locator(".lc-place").count() else "#content"
        for name, value in values.items():
            field = self.page.locator(f"{room} [name={name}], #login-form [name={name}]").first
            if isinstance(value, bool):
                field.set_checked(value)
            elif isinstance(value, Path):
                field.set_input_files(value)
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    @there
    def write(self, name: str, text: str) -> None:
        """Type `text` into a field, key by key, in place of what it holds."""
        field = self.page.locator(f"#content [name={name}]").first
        field.fill("")
        field.press_sequentially(text)

    @there
    def act(self, name: str, picture: str = "", **values: Any) -> str:
        """Press the button of an act on the present page, fill in its form, confirm. Returns what the page says."""
        button = f'#content a[href*="/action/{name}/"]'
        if self.count(f"{button}[data-place]"):
            self.open_in_place(button)
            self.fill(**values)
            self.picture(picture)
            if self.count(".lc-place [name=seen]"):
                self.wait(".lc-place .lc-outcome")
                self.picture(picture)
            return self.save_in_place()
        self.press(button)
        self.fill(**values)
        self.picture(picture)
        self.confirm(picture)
        return self.said()

    def confirm(self, picture: str = "") -> None:
        """Send the form of an act; where it first shows what will come of it, send it again."""
        self.press(".lc-form button[type=submit]")
        if self.count(".lc-outcome"):
            self.picture(picture)
            self.press(".lc-form button[type=submit]")

    @there
    def said(self) -> str:
        """What the last act said."""
        said = self.page.locator(".messagelist .success")
        assert said.count() == 1, self.page.locator("#content").inner_text()
        return said.inner_text()

    @there
    def text(self, selector: str = "body") -> str:
        """What a part of the page says, with plain spaces."""
        return " ".join(self.page.locator(selector).inner_text().split())

    @there
    def look(self) -> list[str]:
        """What is wrong with the present page at the present width."""
        return list(self.page.evaluate(LOOK))

    @there
    def picture(self, name: str) -> None:
        """Keep what the window shows for docs/staff.md, when pictures are asked for."""
        if not (WITH_PICTURES and name):
            return
        size = self.page.viewport_size or WIDE
        height = min(self.page.evaluate("document.documentElement.scrollHeight"), PICTURE_HEIGHT)
        self.page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
        shot = Image.open(io.BytesIO(self.page.screenshot(animations="disabled", caret="hide")))
        self.page.set_viewport_size(size)
        PICTURES.mkdir(exist_ok=True)
        shot.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)

    def _fault(self, what: str) -> None:
        self.faults.append(f"{self.page.url}: {what}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._fault(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self._fault(f"{response.status} {response.request.method} {response.url}")

    def _failed(self, request: Request) -> None:
        # A download, and what was still loading when the next page was opened, count as broken off.
        if request.failure != "net::ERR_ABORTED":
            self._fault(f"{request.failure} {request.url}")
