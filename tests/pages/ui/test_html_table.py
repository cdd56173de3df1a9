"""The builder of HTML tables: what it escapes, and what remains markup."""

from pages.ui.html_table import Cell, Html, Row, html_table, strong


def test_text_is_escaped_everywhere_and_marked_markup_is_not():
    row = Row("<i>", ["<b>", Cell("&", style='x"'), Html("<u>u</u>")])
    html = html_table('a"b', [row], ["", "<s>"], caption="<q>", foot=Row("<p>", ["<a>"]))
    for tag in "ibsqpa":
        assert f"<{tag}>" not in html and f"&lt;{tag}&gt;" in html
    assert "&amp;" in html and "<u>u</u>" in html and 'style="x&quot;"' in html and 'data-testid="a&quot;b"' in html


def test_names_are_headings_and_the_corner_is_not():
    html = html_table("t", [Row("first", [1, strong("2")])], ["", "one", "two"])
    assert html.startswith('<div class="table figures scrolls" tabindex="0"><table data-testid="t"><thead><tr><td></td>')
    assert '<th scope="row">first</th><td>1</td><td><strong>2</strong></td>' in html
    assert html.count('scope="col"') == 2


def test_a_cell_has_classes_a_style_and_a_selected_state():
    html = html_table("t", [Row("", [Cell("5", "color:red", "marked", "five", current=True)])], kind="grid")
    assert '<td class="marked" style="color:red" data-testid="five" aria-current="true">5</td>' in html
    assert "tabindex" not in html and "<thead>" not in html
