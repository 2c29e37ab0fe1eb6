"""The page's script in a real browser, against a server that only remembers: drafts, double clicks, leaving fast."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from django.conf import settings

pytestmark = pytest.mark.browser
STATIC = Path(settings.BASE_DIR) / "planning_portal/static/portal"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'"
PAGE = """<!doctype html><html lang="en"><title>Page</title><script src="/portal.js" defer></script>
<ul class="languages"><li><a href="/fr/page" hreflang="fr">Français</a></li></ul>
<form method="post" action="/leave"><button type="submit" data-exit="/elsewhere">Leave</button></form>
<form method="post" action="/draft" data-autosave="/draft" data-keep data-saved="Saved %s" data-failed="Not saved"
data-clash="Somebody saved">
<input type="hidden" name="csrfmiddlewaretoken" value="c1"><input type="hidden" name="version" value="1">
<textarea name="text" id="id_text"></textarea><p data-counts="id_text" data-maximum="20">At most 20 characters</p>
<div id="similar" data-similar="" role="status"></div>
<span class="saved"></span><button type="submit" name="go" value="2">Go on</button></form>
<form method="post" action="/files" id="files" enctype="multipart/form-data"><div><input type="file" name="file"
data-largest="10" data-too-large="Too large"></div><button type="submit">Add</button></form>
<form method="post" action="/withdraw" id="withdraw"><button type="submit" data-confirm="Withdraw it?"
data-yes="Withdraw" data-no="Keep">Withdraw</button></form></html>"""


class Remembering(BaseHTTPRequestHandler):
    """Serves one page, remembers every post, and answers as told."""

    def do_GET(self):
        if self.path == "/portal.js":
            return self.answer(200, "text/javascript", (STATIC / "portal.js").read_bytes())
        return self.answer(200, "text/html; charset=utf-8", PAGE.encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        self.server.posts.append(SimpleNamespace(path=self.path, fields=fields, headers=self.headers))
        if self.headers.get("X-Autosave"):
            status, reply = self.server.replies.pop(0) if self.server.replies else (500, {})
            return self.answer(status, "application/json", json.dumps(reply).encode())
        return self.answer(200, "text/html; charset=utf-8", b"<!doctype html><p>Taken</p>")

    def answer(self, status, kind, content):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Remembering)
    server.posts, server.replies = [], []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def page(browser, server):
    context = browser.new_context()
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.clock.install()
    page.goto(f"{server.url}/en/page")
    yield page
    assert page.problems == []
    context.close()


def waited(page, server, count):
    """Let the page's clock pass three seconds and wait until ``count`` posts have come."""
    page.clock.fast_forward(3100)
    for _ in range(100):
        if len(server.posts) >= count:
            break
        page.evaluate("1")
        threading.Event().wait(0.03)
    assert len(server.posts) == count
    return server.posts[-1]


def test_draft_is_saved_and_each_reply_renews_the_form(page, server):
    server.replies[:] = [
        (200, {"version": 2, "saved_at": "14:02", "csrf": "c2"}),
        (200, {"version": 3, "saved_at": "14:03", "csrf": "c3"}),
    ]
    page.fill("#id_text", "Health")
    first = waited(page, server, 1)
    assert first.headers["X-Autosave"] == "1"
    assert (first.fields["text"], first.fields["version"]) == ("Health", "1")
    page.locator(".saved", has_text="Saved 14:02").wait_for()
    page.fill("#id_text", "Health cover")
    second = waited(page, server, 2)
    assert (second.fields["version"], second.fields["csrfmiddlewaretoken"]) == ("2", "c2")
    page.locator(".saved", has_text="Saved 14:03").wait_for()
    page.clock.fast_forward(60_000)
    assert len(server.posts) == 2


def test_draft_that_was_not_saved_says_so_and_is_tried_again(page, server):
    server.replies[:] = [(503, {"error": "unavailable"}), (200, {"version": 2, "saved_at": "14:04"})]
    page.fill("#id_text", "Health")
    waited(page, server, 1)
    page.locator(".saved.failed", has_text="Not saved").wait_for()
    page.clock.fast_forward(15_000)
    page.locator(".saved:not(.failed)", has_text="Saved 14:04").wait_for()


def test_conflict_leads_to_both_texts(page, server):
    server.replies[:] = [(409, {"conflict_url": "/compare"})]
    page.fill("#id_text", "Health")
    waited(page, server, 1)
    page.wait_for_url("**/compare")


def test_nobody_is_led_to_both_texts_while_typing(page, server):
    """The answer comes late: what was typed since goes first, and only then the page."""
    server.replies[:] = [(409, {"conflict_url": "/compare"})] * 2
    held = []
    page.route("**/draft", lambda route: held.append(route), times=1)
    page.fill("#id_text", "Health")
    with page.expect_request("**/draft"):
        page.clock.fast_forward(3100)
    page.fill("#id_text", "Health cover")
    held[0].continue_()
    page.locator(".saved.failed", has_text="Somebody saved").wait_for()
    assert [post.fields["text"] for post in server.posts] == ["Health"]
    assert page.url.endswith("/en/page")
    last = waited(page, server, 2)
    assert (last.fields["text"], last.fields["version"]) == ("Health cover", "1")
    page.wait_for_url("**/compare")
    assert len(server.posts) == 2


def test_draft_is_saved_when_the_page_goes_away(page, server):
    server.replies[:] = [(200, {"version": 2, "saved_at": "14:05"})] * 2
    page.fill("#id_text", "Health")
    page.goto(f"{server.url}/en/other")
    assert [post.fields["text"] for post in server.posts if post.headers.get("X-Autosave")] == ["Health"]


def test_unchanged_form_is_not_saved(page, server):
    page.goto(f"{server.url}/en/other")
    assert server.posts == []


def test_double_click_sends_once(page, server):
    page.fill("#id_text", "Health")
    page.evaluate("""() => { const b = document.querySelector('[name=go]'); b.click(); b.click(); b.click(); }""")
    page.wait_for_selector("text=Taken")
    assert [post.path for post in server.posts] == ["/draft"]
    assert server.posts[0].fields["go"] == "2"


def test_question_is_asked_before_what_cannot_be_taken_back(page, server):
    page.click("#withdraw button")
    assert page.inner_text("dialog p") == "Withdraw it?"
    page.click("dialog >> text=Keep")
    page.wait_for_selector("dialog", state="detached")
    assert server.posts == []
    page.click("#withdraw button")
    page.click("dialog >> text=Withdraw >> nth=-1")
    page.wait_for_selector("text=Taken")
    assert [post.path for post in server.posts] == ["/withdraw"]


def test_leaving_fast_ends_the_session_and_hides_the_way_back(page, server):
    server.replies[:] = [(200, {})] * 2
    page.click("[data-exit]")
    page.wait_for_url("**/elsewhere", wait_until="commit")
    assert "/leave" in [post.path for post in server.posts]
    page.go_back()
    assert not page.url.endswith("/en/page")


def test_shift_three_times_leaves_but_typing_capitals_does_not(page, server):
    page.locator("#id_text").press_sequentially("ABC")
    for key in ("Shift+A", "Shift+B", "Shift+C"):
        page.keyboard.press(key)
    assert page.url.endswith("/en/page")
    for _ in range(3):
        page.keyboard.press("Shift")
    from playwright.sync_api import expect

    # Not wait_for_url: a replaced address may cut its first load short, and that is no failure.
    expect(page).to_have_url(re.compile("/elsewhere$"))


def test_language_link_takes_typed_text_along(page, server):
    page.fill("#id_text", "Health")
    page.click(".languages a")
    page.wait_for_selector("text=Taken")
    assert server.posts[-1].fields["switch_language"] == "fr"
    assert server.posts[-1].fields["text"] == "Health"


def test_language_link_of_an_untouched_form_is_a_link(page, server):
    page.click(".languages a")
    page.wait_for_url("**/fr/page")
    assert server.posts == []


def test_characters_are_counted(page, server):
    page.fill("#id_text", "Health")
    assert page.inner_text("[data-counts]") == "6 / 20"
    page.fill("#id_text", "Health cover for all people")
    assert page.locator("[data-counts].over").count() == 1


# --- What is alike, brought by an autosave ---------------------------------------------------------

ALIKE = {"similar": "<details><summary>Alike</summary><button>Both</button></details>", "similar_key": "ab12"}
OTHER = {"similar": "<details><summary>Another</summary></details>", "similar_key": "cd34"}


def test_what_is_alike_appears_without_moving_what_is_typed(page, server):
    server.replies[:] = [(200, {"version": 2, "saved_at": "14:02", **ALIKE}), (200, {"version": 3})]
    page.fill("#id_text", "Health")
    where = page.locator("#id_text").bounding_box()
    assert waited(page, server, 1).headers["X-Similar"] == ""
    page.locator("#similar summary", has_text="Alike").wait_for()
    assert page.locator("#id_text").bounding_box() == where
    assert page.evaluate("document.activeElement.id") == "id_text"
    page.fill("#id_text", "Health cover")
    assert waited(page, server, 2).headers["X-Similar"] == "ab12"
    assert page.locator("#similar summary").inner_text() == "Alike"


def test_what_somebody_has_opened_is_not_taken_away(page, server):
    server.replies[:] = [
        (200, {"version": 2, "saved_at": "14:02", **ALIKE}),
        (200, {"version": 3, "saved_at": "14:03", **OTHER}),
    ]
    page.fill("#id_text", "Health")
    waited(page, server, 1)
    page.locator("#similar summary").click()
    page.fill("#id_text", "Health cover")
    waited(page, server, 2)
    page.locator(".saved", has_text="Saved 14:03").wait_for()
    assert page.locator("#similar summary").inner_text() == "Alike"


# --- A file that is too large ----------------------------------------------------------------------


def test_a_file_too_large_is_not_sent_and_the_page_says_so(page, server):
    page.set_input_files("[name=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 11})
    assert page.locator("[role=alert]").inner_text() == "Too large"
    page.get_by_role("button", name="Add").click()
    assert page.locator("[role=alert]").count() == 1
    assert server.posts == []
    page.set_input_files("[name=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 10})
    assert page.locator("[role=alert]").count() == 0
    page.get_by_role("button", name="Add").click()
    page.get_by_text("Taken").wait_for()
    assert len(server.posts) == 1
