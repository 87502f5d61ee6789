//! A small strict reader of the HTML that our templates write: every element closed where HTML wants it,
//! attributes quoted, none twice.
use std::collections::BTreeMap;

/// An element with its attributes and all the text inside it.
pub(crate) struct Element {
    pub(crate) tag: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }
}

const VOID: &[&str] = &["meta", "link", "input", "img", "br", "hr"];
/// What may not hold blocks; a browser would close it silently.
const PHRASES_ONLY: &[&str] = &["p", "h1", "h2", "h3", "span", "label", "legend", "button", "summary"];
const BLOCKS: &[&str] = &[
    "p", "div", "ul", "ol", "dl", "table", "form", "section", "fieldset", "h1", "h2", "h3", "nav", "article",
];

/// The elements in document order, or what is wrong.
pub(crate) fn parse(html: &str) -> Result<Vec<Element>, String> {
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>").ok_or("no document type")?;
    while let Some(at) = rest.find('<') {
        let (text, after) = rest.split_at(at);
        if text.contains('>') {
            return Err(format!("a bare > in {text:?}"));
        }
        for index in &open {
            elements[*index].text.push_str(text);
        }
        let end = after.find('>').ok_or("a tag without end")?;
        let inside = &after[1..end];
        rest = &after[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            let index = open.pop().ok_or(format!("</{name}> closes nothing"))?;
            if elements[index].tag != name {
                return Err(format!("</{name}> closes <{}>", elements[index].tag));
            }
            continue;
        }
        let element = element(inside.trim_end_matches('/'))?;
        for index in &open {
            let outer = elements[*index].tag.as_str();
            if PHRASES_ONLY.contains(&outer) && BLOCKS.contains(&element.tag.as_str()) {
                return Err(format!("<{}> inside <{outer}>", element.tag));
            }
            if ["a", "button"].contains(&outer) && ["a", "button", "input"].contains(&element.tag.as_str()) {
                return Err(format!("<{}> inside <{outer}>", element.tag));
            }
        }
        let closed = VOID.contains(&element.tag.as_str()) || inside.ends_with('/');
        elements.push(element);
        if !closed {
            open.push(elements.len() - 1);
        }
    }
    match open.last() {
        Some(index) => Err(format!("<{}> is not closed", elements[*index].tag)),
        None => Ok(elements),
    }
}

fn element(inside: &str) -> Result<Element, String> {
    let (tag, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(Element { tag: tag.to_owned(), attributes, text: String::new() });
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let mut value = "";
        rest = after;
        if let Some(quoted) = after.strip_prefix("=\"") {
            let close = quoted.find('"').ok_or(format!("{name} is not quoted to its end"))?;
            value = &quoted[..close];
            rest = &quoted[close + 1..];
        } else if after.starts_with('=') {
            return Err(format!("{name} is not quoted"));
        }
        if attributes.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(format!("{name} twice in <{tag}>"));
        }
    }
}

#[test]
fn the_reader_finds_what_is_wrong() {
    let wrong = [
        "<p>",
        "<p></div>",
        "</p>",
        "<p><div></div></p>",
        "<a><a></a></a>",
        "<p id=x></p>",
        "<p id=\"a\" id=\"b\"></p>",
    ];
    for html in wrong {
        assert!(parse(&format!("<!DOCTYPE html>{html}")).is_err(), "{html}");
    }
    let good = parse("<!DOCTYPE html><p class=\"a\">x <b>y</b><input disabled></p>").expect("well-formed");
    assert_eq!(good.len(), 3);
    assert_eq!(good[0].text, "x y");
}
