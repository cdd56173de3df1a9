"""The HTML of a page under AppTest, also of equations in which numbers can be changed."""

import json
import re


def drawn_html(at):
    """Each piece of HTML. A field is replaced by the text in it."""
    equations = [json.loads(each.proto.json) for each in at.get("bidi_component") if "editable" in each.proto.component_name]
    pieces = [each.proto.body for each in at.get("html")] + [each["html"] for each in equations]
    return [re.sub(r'<input [^>]*?value="([^"]*)"[^>]*>', r"\1", piece) for piece in pieces]
