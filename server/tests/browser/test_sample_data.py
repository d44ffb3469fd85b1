"""Sample data, in a service of its own: the screens of other tests show them."""

import pytest
from playwright.sync_api import expect
from server.tests.browser.conftest import Visit

from watchword.usecases.manage.sample import Sample


def test_sample_data_goes_and_comes_with_one_click(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sample.fill, "__defaults__", (1, 20, 1))
    page = visit("projects")
    page.get_by_role("button", name="Remove the sample data").click()
    expect(page.locator(".notice")).to_contain_text("The sample project is gone.")
    expect(page.get_by_role("link", name="sample", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice")).to_contain_text("Taken back")
    page.get_by_role("link", name="sample", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    expect(page.locator("tbody#rows tr")).to_have_count(12)
