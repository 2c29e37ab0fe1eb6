"""What the pictures are of, one function each: what a person sees who comes there."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter

from tests.journeys.people import LAPTOP, PHONE, visit
from tests.journeys.portal import Portal

COLOURS = 160
PAPER = "#e7e3dc"
LAPTOP_SIZE = {"viewport": {"width": LAPTOP["viewport"]["width"], "height": 900}, "device_scale_factor": 1}


def programme_home(browser: Any, portal: Portal) -> Image.Image:
    """The public page, as a visitor meets it."""
    with visit(browser, portal, None, "en", **LAPTOP_SIZE) as page:
        page.goto(f"{portal.url}/en/")
        return shot(page)


def priority_form(browser: Any, portal: Portal) -> Image.Image:
    """A page of the form on a phone, in the author's language, with the draft as it was left."""
    draft = look_up(portal, "consultations.models", "Priority", "state='draft', consultation__country__iso2='BJ'")
    tall = {**PHONE, "viewport": {"width": 360, "height": 800}}
    with visit(browser, portal, "partner.bj", "fr", **tall) as page:
        page.goto(f"{portal.url}/fr/consultations/priorities/{draft}/2/")
        return shot(page)


def desk(browser: Any, portal: Portal) -> Image.Image:
    """The desk of a workshop in the middle of a round."""
    workshop = look_up(portal, "workshops.models", "Workshop", "state='open', rounds__state='open'")
    with visit(browser, portal, "facilitator", "en", **LAPTOP_SIZE) as page:
        page.goto(f"{portal.url}/en/workshops/{workshop}/desk/")
        return shot(page)


def results(browser: Any, portal: Portal) -> Image.Image:
    """What a round of weighing came to."""
    round_ = look_up(portal, "workshops.models", "Round", "state='closed', workshop__zone__isnull=True")
    with visit(browser, portal, "facilitator", "en", **LAPTOP_SIZE) as page:
        page.goto(f"{portal.url}/en/workshops/rounds/{round_}/results/")
        return shot(page)


def translator(browser: Any, portal: Portal) -> Image.Image:
    """A text beside its original."""
    with visit(browser, portal, "translator", "en", **LAPTOP_SIZE) as page:
        page.goto(f"{portal.url}/en/texts/?language=nl&kind=workshops.candidate&show=all")
        page.locator('main a[href*="/texts/nl/"]').nth(3).click()
        page.wait_for_load_state()
        return shot(page)


def look_up(portal: Portal, module: str, model: str, conditions: str) -> str:
    """The public id of the first row of a model that meets the conditions."""
    code = f"from {module} import {model}; print({model}.objects.filter({conditions}).order_by('pk')[0].public_id)"
    return portal.manage("shell", "-v0", "-c", code).strip()


def shot(page: Any) -> Image.Image:
    page.evaluate("document.fonts.ready")
    return Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def plan_document(portal: Portal) -> Image.Image:
    """Two pages of the consolidated plan, side by side on a desk."""
    edition = look_up(portal, "actionplans.models", "PlanEdition", "")
    pdf = portal.folder / "plan.pdf"
    portal.manage("render_document", "consolidated-plan", edition, "--language", "fr", "--output", str(pdf))
    pages = [draw_page(pdf, number) for number in (1, 12)]
    margin = 28
    width = sum(page.width for page in pages) + margin * (len(pages) + 1)
    table = Image.new("RGB", (width, max(page.height for page in pages) + 2 * margin), PAPER)
    left = margin
    for page in pages:
        shadow = Image.new("L", table.size, 0)
        shadow.paste(90, (left + 2, margin + 4, left + page.width + 2, margin + page.height + 4))
        table.paste("#4a443b", mask=shadow.filter(ImageFilter.GaussianBlur(6)))
        table.paste(page, (left, margin))
        left += page.width + margin
    return table


def draw_page(pdf: Path, number: int, height: int = 820) -> Image.Image:
    """One page of a document as a picture."""
    command = ["pdftoppm", "-png", "-f", str(number), "-l", str(number), "-scale-to", str(2 * height), str(pdf)]
    drawn = subprocess.run(command, check=True, capture_output=True).stdout
    picture = Image.open(io.BytesIO(drawn)).convert("RGB")
    return picture.resize((round(picture.width * height / picture.height), height), Image.Resampling.LANCZOS)


def save(picture: Image.Image, path: Path) -> int:
    """Few colours keep a picture light; the number of bytes comes back."""
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size
