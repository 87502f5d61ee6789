//! Finding the way: crumbs, tabs, pages of a list. All are links; none needs a script.
use crate::Texts;
use askama::Template;

/// A step on the way here.
#[derive(Clone)]
pub struct Crumb {
    /// Words
    pub label: String,
    /// Address; empty for the page itself
    pub href: String,
}

impl Crumb {
    /// A step with its address
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// The way here.
#[derive(Template)]
#[template(path = "parts/crumbs.html")]
pub struct Crumbs {
    /// Texts of the page
    pub texts: Texts,
    /// From home to here
    pub crumbs: Vec<Crumb>,
}

/// One of several views of the same thing.
#[derive(Clone)]
pub struct Tab {
    /// Words
    pub label: String,
    /// Address
    pub href: String,
    /// The one shown
    pub current: bool,
}

/// Views to switch between.
#[derive(Template)]
#[template(path = "parts/tabs.html")]
pub struct Tabs {
    /// What the tabs are, for screen readers
    pub label: String,
    /// The views
    pub tabs: Vec<Tab>,
}

/// Newer and older parts of a list. Pages have no numbers: lists are read by key, not counted.
#[derive(Template, Clone)]
#[template(path = "parts/pagination.html")]
pub struct Pagination {
    /// Texts of the page
    pub texts: Texts,
    /// Address of what comes before; none at the start
    pub previous: Option<String>,
    /// Address of what comes after; none at the end
    pub next: Option<String>,
    /// What is shown, for example "1-20"; empty for none
    pub shown: String,
}
