"""A person without a mouse: Tab, Enter, Space, the arrows. Whatever has the focus must show it."""

from __future__ import annotations

from typing import Any

FOCUS = """(selector) => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const outlined = (element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    const around = [focused, focused.closest("label"), focused.closest(".card.link")].filter(Boolean);
    const box = focused.getBoundingClientRect();
    return {
        what: focused.outerHTML.slice(0, 140),
        is_wanted: focused.matches(selector),
        is_shown: around.some(outlined) || focused.tagName === "MAIN",
        is_in_sight: box.bottom > 0 && box.top < innerHeight,
    };
}"""


def tab_to(page: Any, selector: str, *, back: bool = False, most: int = 90) -> None:
    """Press Tab until ``selector`` has the focus; on the way every stop must be in sight and show its focus."""
    for _press in range(most):
        focus = page.evaluate(FOCUS, selector)
        if focus:
            assert focus["is_shown"], f"shows no focus: {focus['what']}"
            assert focus["is_in_sight"], f"out of sight: {focus['what']}"
            if focus["is_wanted"]:
                return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{selector} is not reached with {most} times Tab: {page.url}")


def type_into(page: Any, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)


def enter(page: Any, selector: str) -> None:
    """Go to a link or button and press Enter."""
    tab_to(page, selector)
    page.keyboard.press("Enter")


def tick(page: Any, selector: str) -> None:
    """Go to a box or a first radio button and press Space."""
    tab_to(page, selector)
    page.keyboard.press("Space")


def press_access_key(page: Any, key: str) -> None:
    """Alt and a key, as Chromium takes it: the page's own shortcut, the same in every language."""
    line = page.context.new_cdp_session(page)
    press = {"modifiers": 1, "key": key, "text": key, "unmodifiedText": key, "windowsVirtualKeyCode": ord(key.upper())}
    line.send("Input.dispatchKeyEvent", {"type": "keyDown", **press})
    line.send("Input.dispatchKeyEvent", {"type": "keyUp", **press})
    line.detach()
