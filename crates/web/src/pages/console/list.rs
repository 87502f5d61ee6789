//! A list: tabs, a form to narrow it, a table, what to do with it.
use crate::page::Shell;
use crate::parts::{
    Act, Bars, Crumb, Crumbs, Empty, ErrorSummary, Notice, Pagination, Table, Tabs, Tiles, asks_passkey,
    flaws_of,
};
use askama::Template;

/// A list of the console.
#[derive(Template)]
#[template(path = "pages/console/list.html")]
pub struct ListPage {
    /// What surrounds the page
    pub shell: Shell,
    /// A message above: done, not done
    pub notice: Option<Notice>,
    /// Places above this one, each with its words and address; none for a place of the main navigation
    pub above: Vec<(String, String)>,
    /// Heading
    pub title: String,
    /// What stands here; empty for none
    pub lead: String,
    /// Figures above the list
    pub tiles: Option<Tiles>,
    /// Charts above the list
    pub charts: Vec<Bars>,
    /// Views of the list
    pub tabs: Option<Tabs>,
    /// Further places: words and address; what begins something new stands out
    pub links: Vec<(String, String)>,
    /// What narrows the list
    pub filter: Option<Act>,
    /// The list
    pub table: Table,
    /// What stands where there is none
    pub nothing: Empty,
    /// What comes before and after
    pub pages: Option<Pagination>,
    /// What can be done
    pub acts: Vec<Act>,
}

impl ListPage {
    /// An empty list
    pub fn new(shell: Shell, title: &str, nothing: Empty) -> Self {
        Self {
            title: shell.t(title).into_owned(),
            shell,
            notice: None,
            above: Vec::new(),
            lead: String::new(),
            tiles: None,
            charts: Vec::new(),
            tabs: None,
            links: Vec::new(),
            filter: None,
            table: Table::default(),
            nothing,
            pages: None,
            acts: Vec::new(),
        }
    }

    fn asks_passkey(&self) -> bool {
        asks_passkey(&self.acts)
    }

    /// The way here
    fn crumbs(&self) -> Option<Crumbs> {
        let above = self.above.iter().map(|(label, href)| Crumb::new(label, href));
        let crumbs: Vec<Crumb> = above.chain([Crumb::new(&self.title, "")]).collect();
        (crumbs.len() > 1).then(|| Crumbs { texts: self.shell.texts(), crumbs })
    }

    /// Whether a link begins something new, and is the one that stands out.
    fn begins(href: &str) -> bool {
        href.ends_with("/new") || href.contains("/new/")
    }

    fn summary(&self) -> Option<ErrorSummary> {
        flaws_of(self.shell.texts(), &self.acts)
    }
}
