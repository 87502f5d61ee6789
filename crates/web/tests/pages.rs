//! Every page, in every state of its samples, in both languages: well-formed, labelled, nothing inline.
#![expect(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod html;

use dancu_web::{Lang, assets, lang, pages};
use html::{Element, parse};
use std::collections::{BTreeMap, BTreeSet};

fn each(mut check: impl FnMut(&str, Lang, &str, &[Element])) {
    for language in lang::LANGS {
        for (name, text) in pages::samples(language).expect("every sample renders") {
            let elements = parse(&text).unwrap_or_else(|e| panic!("{name} {language:?}: {e}"));
            check(&name, language, &text, &elements);
        }
    }
}

#[test]
fn every_page_is_well_formed_and_has_one_title_one_heading_one_main() {
    each(|name, language, _, elements| {
        let count = |tag: &str| elements.iter().filter(|e| e.tag == tag).count();
        for tag in ["html", "h1", "main"] {
            assert_eq!(count(tag), 1, "{name} {language:?}: <{tag}>");
        }
        // Pictures have titles too.
        let titled = elements.iter().filter(|e| e.tag == "title" && e.text.ends_with(" – dancu")).count();
        assert_eq!(titled, 1, "{name} {language:?}");
        let html = elements.iter().find(|e| e.tag == "html").expect("html");
        assert_eq!(html.get("lang"), Some(lang::tag(language)), "{name}");
    });
}

#[test]
fn no_text_is_missing() {
    each(|name, language, text, _| {
        for sign in ["⟦", "{$", "{ $", "{{", "{%"] {
            assert!(!text.contains(sign), "{name} {language:?}: {sign}");
        }
    });
}

#[test]
fn nothing_is_inline() {
    each(|name, _, text, elements| {
        assert!(!text.contains("javascript:"), "{name}");
        for e in elements {
            assert_ne!(e.tag, "style", "{name}");
            assert!(
                e.tag != "script" || (e.get("src").is_some() && e.text.trim().is_empty()),
                "{name}: script"
            );
            for attribute in e.attributes.keys() {
                assert!(
                    attribute != "style" && !attribute.starts_with("on"),
                    "{name}: <{} {attribute}>",
                    e.tag
                );
            }
        }
    });
}

#[test]
fn ids_are_unique_and_every_reference_is_answered() {
    each(|name, _, _, elements| {
        let mut ids = BTreeSet::new();
        for id in elements.iter().filter_map(|e| e.get("id")) {
            assert!(ids.insert(id), "{name}: id {id} twice");
        }
        for e in elements {
            for attribute in ["for", "aria-labelledby", "aria-describedby"] {
                for id in e.get(attribute).unwrap_or_default().split_whitespace() {
                    assert!(ids.contains(id), "{name}: {attribute}={id}");
                }
            }
            if let Some(id) = e.get("href").and_then(|h| h.strip_prefix('#')) {
                assert!(ids.contains(id), "{name}: #{id}");
            }
        }
    });
}

#[test]
fn every_control_is_labelled_and_every_picture_described() {
    each(|name, _, _, elements| {
        let labels: BTreeSet<_> =
            elements.iter().filter(|e| e.tag == "label").filter_map(|e| e.get("for")).collect();
        for e in elements {
            match e.tag.as_str() {
                "input" if e.get("type") == Some("hidden") => {}
                "input" | "select" | "textarea" | "progress" => {
                    let id = e.get("id").unwrap_or_default();
                    // A bar that stands beside its words says them once more to those who do not see it.
                    let speaks =
                        e.tag == "progress" && e.get("aria-label").is_some_and(|label| !label.is_empty());
                    assert!(speaks || labels.contains(id), "{name}: {} {id:?} has no label", e.tag);
                }
                "button" | "a" | "summary" | "th" | "h1" | "h2" | "h3" | "legend" => {
                    assert!(!e.text.trim().is_empty(), "{name}: an empty <{}>", e.tag);
                }
                "img" => assert!(e.get("alt").is_some(), "{name}: img without alt"),
                "svg" => {
                    let hidden = e.get("aria-hidden") == Some("true");
                    assert!(hidden || e.get("role") == Some("img"), "{name}: svg neither hidden nor named");
                }
                "nav" => {
                    assert!(e.get("aria-label").is_some_and(|l| !l.is_empty()), "{name}: nav without name");
                }
                _ => {}
            }
        }
    });
}

#[test]
fn every_form_that_posts_carries_a_token() {
    each(|name, _, text, _| {
        for form in text.split("<form ").skip(1).filter(|f| f.contains("method=\"post\"")) {
            let form = form.split("</form>").next().unwrap_or_default();
            assert!(form.contains(r#"type="hidden" name="csrf" value="sample-token""#), "{name}");
        }
    });
}

#[test]
fn headings_leave_no_level_out() {
    each(|name, _, _, elements| {
        let mut level = 0;
        for e in elements.iter().filter(|e| ["h1", "h2", "h3", "h4"].contains(&e.tag.as_str())) {
            let next = e.tag.trim_start_matches('h').parse::<usize>().expect("a level");
            assert!(next <= level + 1 || level == 0, "{name}: h{level} then h{next} {:?}", e.text);
            level = next;
        }
    });
}

#[test]
fn every_class_used_has_a_rule_and_every_icon_a_drawing() {
    let css = assets::all().iter().find(|a| a.name == "style.css").expect("style.css");
    let css = std::str::from_utf8(&css.bytes).expect("UTF-8");
    // Named for scripts, or a mere variant that looks like its base.
    let unstyled = ["badge--plain", "input--full", "notice--plain", "road__step--done", "event--done"];
    let mut missing = BTreeMap::new();
    each(|name, _, _, elements| {
        for class in elements.iter().filter_map(|e| e.get("class")).flat_map(str::split_whitespace) {
            let styled = css
                .split(&format!(".{class}"))
                .skip(1)
                .any(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
            if !styled && !unstyled.contains(&class) {
                missing.insert(class.to_owned(), name.to_owned());
            }
        }
    });
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_language_switch_keeps_the_page() {
    each(|name, language, text, _| {
        let other = if language == Lang::Vi { "lang=en" } else { "lang=vi" };
        assert!(text.contains(other), "{name}");
    });
}
