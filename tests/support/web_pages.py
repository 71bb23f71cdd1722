"""What the browser tests of the pages share: a phone, and when a page has come to rest."""

from __future__ import annotations

from playwright.sync_api import Page

WAIT = 120_000
"""Milliseconds; a page that is slower on a busy machine is not broken."""

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 13; K) AppleWebKit/537.36 Chrome/124.0.0.0 Mobile Safari/537.36",
}


def settle(page: Page) -> None:
    """Wait until no script has run for a while and the browser has drawn what came; a click starts one only later."""
    page.evaluate("window.idleSince = undefined")
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            if (app?.dataset.testScriptState !== 'notRunning') { window.idleSince = undefined; return false; }
            window.idleSince ??= performance.now();
            return performance.now() - window.idleSince >= 600;
        }""",
        polling=50, timeout=WAIT,
    )  # fmt: skip
