"""In the room: a delegate joins by the code on the screen, raises a hand, gets the floor; everybody sees it in time."""

from __future__ import annotations

from playwright.sync_api import expect

from .people import LAPTOP, PHONE, visit
from .words import said


def test_hand_goes_from_the_phone_to_the_desk_and_to_the_screen(browser, portal):
    with visit(browser, portal, "facilitator", **LAPTOP) as desk:
        desk.get_by_role("link", name="West Africa").first.click()
        desk.get_by_role("link", name="Room").first.click()
        if desk.get_by_role("button", name="Make the room ready").count():
            desk.get_by_role("button", name="Make the room ready").click()
        code = desk.locator(".room-code").inner_text()
        desk.get_by_role("button", name="Make a screen").click()
        address = desk.get_by_role("link", name="Open the screen").get_attribute("href")
        desk.get_by_role("link", name="Desk").first.click()

        screen = browser.new_context(**LAPTOP).new_page()
        screen.goto(address)
        expect(screen.locator(".room-code")).to_have_text(code)

        with visit(browser, portal, "partner.bj", "fr", **PHONE) as phone:
            phone.goto(f"{portal.url}/fr/workshops/join/")
            phone.fill("#id_code", code.lower())
            phone.get_by_role("button", name=said("fr", "Go to my place")).click()
            phone.locator("#raise").click()
            expect(phone.get_by_role("button", name=said("fr", "Lower the hand"))).to_be_visible()

            waiting = desk.locator(".queue li").filter(has_text="RELAYI")
            expect(waiting).to_be_visible()
            waiting.get_by_role("button", name="Give the floor").click()
            expect(phone.locator("#place")).to_contain_text(said("fr", "You have the floor"))
            expect(screen.locator(".room-queue")).to_contain_text("RELAYI")

            screen.context.set_offline(True)
            expect(screen.locator("[data-lost]")).to_contain_text("No connection")
            expect(screen.locator(".room-queue")).to_contain_text("RELAYI")
            screen.context.set_offline(False)
            expect(screen.locator("[data-lost]")).to_be_hidden()
            desk.get_by_role("button", name="End the turn").click()
            expect(phone.locator("#place")).not_to_contain_text(said("fr", "You have the floor"))
        screen.context.close()


def test_delegate_does_the_same_without_javascript(browser, portal):
    with visit(browser, portal, "partner.bj", "fr", java_script_enabled=False, **PHONE) as phone:
        phone.goto(f"{portal.url}/fr/workshops/")
        phone.get_by_role("link", name="Afrique de l’Ouest").first.click()
        phone.get_by_role("link", name=said("fr", "To my place in the workshop")).click()
        phone.locator("#raise").click()
        phone.get_by_role("button", name=said("fr", "Lower the hand")).click()
        expect(phone.locator("#raise")).to_be_visible()
