"""Finding: a person by number, UUID or an id, by what became of them, in pages and as a file."""

import csv
from urllib.parse import parse_qs, urlsplit

import httpx2
from playwright.sync_api import Page, expect
from server.tests.browser.conftest import Visit, Watched
from server.tests.browser.console import Console

ROW_IDS = "rows => rows.map(row => row.id)"


def find(page: Page, text: str) -> None:
    page.keyboard.press("/")
    page.get_by_role("searchbox", name="Look up a number").fill(text)
    page.keyboard.press("Enter")


def test_the_list_goes_on_in_pages(visit: Visit, console: Console) -> None:
    page = visit("authentications")
    page.goto(f"{page.url}?limit=10")
    rows = page.locator("tbody tr")
    seen = rows.evaluate_all(ROW_IDS)
    page.get_by_role("link", name="Older").click()
    expect(page.locator(f"[id='{seen[0]}']")).to_have_count(0)
    older = rows.evaluate_all(ROW_IDS)
    assert len(seen) == len(older) == 10
    assert not set(seen) & set(older)
    page.go_back()
    expect(page.locator(f"[id='{seen[0]}']")).to_be_visible()


def test_a_filter_is_in_the_address(visit: Visit) -> None:
    page = visit("authentications")
    page.get_by_label("Status").select_option("verified")
    page.get_by_label("Channel").select_option("sms")
    page.get_by_label("Country").fill("FR")
    page.get_by_role("button", name="Filter").click()
    wanted = {"shown": ["verified"], "channel": ["sms"], "country": ["FR"]}
    page.wait_for_url("**country=FR**")
    assert parse_qs(urlsplit(page.url).query) == wanted
    rows = page.locator("tbody tr")
    expect(rows.first).to_be_visible()
    assert set(rows.locator(".tag").all_inner_texts()) == {"verified"}
    assert set(rows.locator(".country").all_inner_texts()) == {"FR"}
    copied = page.context.new_page()
    copied.goto(page.url)
    expect(copied.get_by_label("Status")).to_have_value("verified")
    page.get_by_role("link", name="Clear").click()
    expect(rows).to_have_count(50)


def test_a_filter_that_matches_nothing_says_so(watched: Watched, visit: Visit) -> None:
    page = visit("authentications")
    page.goto(f"{page.url}?search=order-of-nobody")
    expect(page.get_by_text("No authentication matches.")).to_be_visible()
    page.goto(f"{page.url.partition('?')[0]}?country=France")
    expect(page.get_by_role("alert")).to_contain_text("country")
    watched.excuse("400")


def test_one_is_found_by_number_uuid_and_the_callers_own_id(visit: Visit, console: Console) -> None:
    service = console.service
    number = "+33611223344"
    sent = httpx2.post(
        f"{service.server_url}/authentication",
        json={
            "customer_uuid": service.customer_uuid,
            "phone_number": number,
            "correlation_id": "order-77/b",
        },
        headers={"x-api-key": service.api_key},
    ).json()
    page = visit(project=service.customer_uuid)
    row = page.locator(f"tbody tr[id='a-{sent['authentication_uuid']}']")
    for text in (sent["authentication_uuid"], "order-77/b"):
        find(page, text)
        expect(page.get_by_role("heading", level=1)).to_have_text("Authentications")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(row).to_be_visible()
    find(page, "+33 6 11 22 33 44")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look up")
    expect(row).to_be_visible()
    page.goto(console.address("authentications", service.customer_uuid))
    page.get_by_label("Number, UUID or your id").fill(number)
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    row.get_by_role("link").click()
    expect(page.locator("#timeline h3").first).to_have_text("screened: allow")
    expect(page.get_by_text("order-77/b")).to_be_visible()


def test_a_number_is_blocked_where_it_is_looked_up_and_let_go_again(visit: Visit) -> None:
    page = visit("lookup")
    expect(page.locator("dl.facts")).to_contain_text("FR")
    page.get_by_role("button", name="Block").click()
    expect(page.locator(".notice")).to_contain_text("The number is blocked now.")
    expect(page.locator(".tag", has_text="blocked")).to_be_visible()
    expect(page.get_by_role("button", name="Block")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice")).to_contain_text("Taken back")
    expect(page.locator(".tag", has_text="blocked")).to_have_count(0)
    expect(page.get_by_role("button", name="Block")).to_be_visible()


def test_a_number_is_unlocked_where_it_is_looked_up(visit: Visit, console: Console) -> None:
    service = console.service
    headers = {"x-api-key": service.api_key, "customer-uuid": service.customer_uuid}
    number = "+33612345671"
    body = {"customer_uuid": service.customer_uuid, "phone_number": number}
    url = f"{service.server_url}/authentication"
    sent = httpx2.post(url, json=body, headers=headers).json()["authentication_uuid"]
    wrong = {**body, "authentication_uuid": sent, "check_code": "000"}
    assert httpx2.post(f"{service.server_url}/check", json=wrong, headers=headers).is_success
    page = visit("lookup", project=service.customer_uuid)
    page.goto(f"{page.url.partition('?')[0]}?number=%2B{number[1:]}")
    expect(page.locator("dl.facts")).to_contain_text("wrong codes in a row1")
    page.get_by_role("button", name="Forget the wrong codes").click()
    expect(page.locator(".notice")).to_contain_text("can be verified again")
    expect(page.locator("dl.facts")).to_contain_text("wrong codes in a row0")
    expect(page.get_by_role("button", name="Forget the wrong codes")).to_have_count(0)


def test_no_number_is_explained_where_it_was_typed(watched: Watched, visit: Visit) -> None:
    page = visit("lookup")
    page.goto(f"{page.url.partition('?')[0]}?number=%2B3361234")
    expect(page.get_by_role("alert")).to_contain_text("too short")
    expect(page.get_by_label("Number, in international form")).to_have_value("+3361234")
    watched.excuse("400")


def test_a_number_is_revealed_and_the_log_says_by_whom(visit: Visit, console: Console) -> None:
    page = visit("authentication")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("•••")
    page.get_by_role("button", name="Reveal number").click()
    expect(heading).not_to_contain_text("•")
    page.goto(console.address("audit"))
    newest = page.get_by_role("row").nth(1)
    expect(newest).to_contain_text("number.revealed")
    expect(newest).to_contain_text("operator:owner")
    expect(newest).to_contain_text(str(console.authentication))
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.locator(".notice.good")).to_be_visible()


def test_a_file_holds_all_that_is_listed_masked_and_without_formulas(
    visit: Visit, console: Console
) -> None:
    page = visit("authentications")
    page.goto(f"{page.url}?country=FR")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "authentications.csv"
    with download.value.path().open(newline="") as file:
        header, *lines = csv.reader(file)
    assert header[:4] == ["created_at", "uuid", "phone_number", "country"]
    assert len(lines) > 10
    for line in lines:
        assert len(line) == len(header)
        assert line[2].startswith("'+33")
        assert "***" in line[2]
        assert line[3] == "FR"
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)
    page.goto(console.address("overview"))
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.path().read_text().startswith("kind,name,started,refused,kept,")
