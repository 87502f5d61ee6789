"""axe-core, the accessibility checker that browsers' own tools use. `tools/setup` installs it."""

from support.server import REPOSITORY

SOURCE = REPOSITORY / ".test-tools/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


def violations(page):
    """What WCAG 2.2, levels A and AA, forbids and the page does, one line each."""
    assert SOURCE.exists(), f"{SOURCE} is missing: tools/setup all"
    if not page.evaluate("() => typeof axe === 'object'"):
        page.evaluate(SOURCE.read_text())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    assert len(found["passes"]) > 5, "axe looked at nothing"
    return [
        f"{v['id']} ({v['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for v in found["violations"] for node in v["nodes"]
    ]
