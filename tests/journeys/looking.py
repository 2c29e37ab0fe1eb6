"""Looking at a page as its reader would: does it fit, does it speak, does it keep to itself, can everybody use it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # Reading the style sheets once more puts inline styles into the page, which our policy refuses.
    "preload": False,
}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
    # Reading the style sheets once more puts inline styles into the page, which our policy refuses.
    "preload": False,
}
NOTE_VIOLATIONS = """
    window.refused = [];
    addEventListener("securitypolicyviolation",
        (event) => refused.push(`${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`));
"""
FACTS = """() => {
    const root = document.documentElement;
    const inside = (element) => element.closest("[role=region], .chart-scroll, pre, svg, .visually-hidden, dialog");
    const wide = root.scrollWidth <= innerWidth + 1 ? [] : [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !inside(element))
        .slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
    const careless = () => [...document.querySelectorAll("form[data-keep], form:has(textarea)")]
        .filter((form) => form.querySelector("[type=submit]") && !form.querySelector("[name=switch_language]"))
        .map((form) => form.getAttribute("action") || location.pathname);
    return {
        title: document.title.trim(),
        language: root.lang,
        headings: document.querySelectorAll("h1").length,
        overflow: root.scrollWidth - innerWidth,
        wide,
        careless: document.querySelector("header .languages") ? careless() : [],
        refused: window.refused || [],
    };
}"""


class Eye:
    """Watches one page of a browser and says in words what is wrong with what it shows."""

    def __init__(self, page: Any, home: str):
        self.page = page
        self.host = urlsplit(home).netloc
        self.heard: list[str] = []
        page.add_init_script(NOTE_VIOLATIONS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.heard.append(f"script error: {error}"))
        page.on("request", self._see_request)
        page.on("requestfailed", self._see_failure)

    def _hear(self, message: Any) -> None:
        # A refusal that was asked for (404, 403, 422) is said by the browser too: the page itself is judged.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.heard.append(f"console: {message.text[:200]}")

    def _see_request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.heard.append(f"asks somebody else: {request.url}")
        if request.resource_type == "font":
            self.heard.append(f"asks for a font: {request.url}")

    def _see_failure(self, request: Any) -> None:
        if request.failure == "net::ERR_ABORTED":
            return  # The page was left before its last picture came.
        self.heard.append(f"did not arrive: {request.method} {request.url}")

    def open(self, url: str, *, status: int | None = None) -> None:
        """Go there; ``status`` when it is not to be a page that is there."""
        self.heard.clear()
        response = self.page.goto(url)
        found = response.status if response else 0
        if (found >= 400) if status is None else (found != status):
            self.heard.append(f"answers {found}")

    def judge(self, language: str, *, axe: dict[str, Any] | None = None) -> Iterator[str]:
        """What is wrong with the page as it stands."""
        facts = self.page.evaluate(FACTS)
        if not facts["title"]:
            yield "has no title"
        if facts["language"] != language:
            yield f"says it is in {facts['language']!r}"
        if facts["headings"] != 1:
            yield f"has {facts['headings']} first headings"
        if facts["overflow"] > 1:
            yield f"is {facts['overflow']} px too wide: {facts['wide']}"
        for form in facts["careless"]:
            yield f"a change of language loses what is typed in the form {form}"
        yield from (f"content security policy: {one}" for one in facts["refused"])
        if axe is not None:
            yield from self.run_axe(axe)
        yield from self.heard

    def run_axe(self, options: dict[str, Any]) -> Iterator[str]:
        self.page.evaluate(f"() => {{ if (!window.axe) {{ {AXE_SCRIPT} }} }}")
        found = self.page.evaluate("(options) => axe.run(document, options)", options)
        for violation in found["violations"]:
            for node in violation["nodes"][:3]:
                what = " ".join(node["html"].split())[:160]
                why = "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])[:200]
                yield f"axe {violation['id']}: {what} ({why})"
