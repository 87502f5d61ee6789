"""axe-core, the accessibility checker that browsers' own tools use. `tools/setup` installs it."""

from playwright.sync_api import Error

from support.server import REPOSITORY

SOURCE = REPOSITORY / ".test-tools/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


def violations(page):
    """What WCAG 2.2, levels A and AA, forbids and the page does, one line each."""
    assert SOURCE.exists(), f"{SOURCE} is missing: tools/setup all"
    try:
        found = _run(page)
    except Error:
        page.wait_for_load_state()
        if page.evaluate("() => window.lookedAt === true"):
            raise
        # A click was still leading away from the page that was looked at: the page that came is the one that is meant.
        found = _run(page)
    assert len(found["passes"]) > 5, "axe looked at nothing"
    return [
        f"{v['id']} ({v['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for v in found["violations"] for node in v["nodes"]
    ]


def _run(page):
    page.wait_for_load_state()
    # Who comes back after a fault sees by this whether it is the same page still.
    page.evaluate("() => { window.lookedAt = true }")
    if not page.evaluate("() => typeof axe === 'object'"):
        page.evaluate(SOURCE.read_text())
    return page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
