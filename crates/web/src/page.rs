//! What every page has around its content, and how a page becomes an answer.
use crate::icons::Icon;
use crate::lang::{self, Texts};
use askama::Template;
use axum::body::Body;
use dancu_catalogue::Lang;
use http::{HeaderValue, Response, StatusCode, header};
use std::borrow::{Borrow, Cow};

/// The policy of every page: nothing from elsewhere, nothing inline.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The entry of the main navigation that a page belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// None of them
    #[default]
    None,
    /// `/`
    Home,
    /// `/officer`
    Officer,
    /// `/citizen`
    Citizen,
    /// `/officer/inquiries`
    Inquiries,
    /// `/supervisor/journal`
    Supervisor,
    /// `/docs`
    Docs,
    /// `/ui`
    Ui,
    /// The console, which has an address of its own
    Console(Place),
}

/// A place in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/`: what waits for me
    Work,
    /// `/connections`
    Connections,
    /// `/accounts`
    Accounts,
    /// `/campaigns`
    Campaigns,
    /// `/cleaning`
    Cleaning,
    /// `/alerts`
    Alerts,
    /// `/usage`
    Usage,
    /// `/cases`: error notices, tickets, inspections
    Cases,
    /// `/staff`
    Staff,
    /// `/rules`: what the law says, with dates
    Rules,
    /// `/me`
    Me,
}

/// The navigation of the console, in order.
const CONSOLE: &[NavItem] = &[
    NavItem { href: "/", key: "console-work", section: Section::Console(Place::Work) },
    NavItem {
        href: "/connections",
        key: "console-connections",
        section: Section::Console(Place::Connections),
    },
    NavItem { href: "/cases", key: "console-cases", section: Section::Console(Place::Cases) },
    NavItem { href: "/accounts", key: "console-accounts", section: Section::Console(Place::Accounts) },
    NavItem { href: "/campaigns", key: "console-campaigns", section: Section::Console(Place::Campaigns) },
    NavItem { href: "/cleaning", key: "console-cleaning", section: Section::Console(Place::Cleaning) },
    NavItem { href: "/alerts", key: "console-alerts", section: Section::Console(Place::Alerts) },
    NavItem { href: "/usage", key: "console-usage", section: Section::Console(Place::Usage) },
    NavItem { href: "/staff", key: "console-staff", section: Section::Console(Place::Staff) },
    NavItem { href: "/rules", key: "console-rules", section: Section::Console(Place::Rules) },
    NavItem { href: "/me", key: "console-me", section: Section::Console(Place::Me) },
];

/// An entry of the main navigation.
pub struct NavItem {
    /// Address
    pub href: &'static str,
    /// Key of its text
    pub key: &'static str,
    /// Which section it leads to
    pub section: Section,
}

/// The main navigation, in order.
const NAV: &[NavItem] = &[
    NavItem { href: "/", key: "nav-home", section: Section::Home },
    NavItem { href: "/citizen", key: "nav-citizen", section: Section::Citizen },
    NavItem { href: "/officer", key: "nav-officer", section: Section::Officer },
    NavItem { href: "/officer/inquiries", key: "nav-inquiries", section: Section::Inquiries },
    NavItem { href: "/supervisor/journal", key: "nav-supervisor", section: Section::Supervisor },
    NavItem { href: "/docs", key: "nav-docs", section: Section::Docs },
];

/// Which doors stand open to the reader; the navigation shows no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doors {
    /// Citizens can sign in
    pub citizen: bool,
    /// The officer answers citizens
    pub inquiries: bool,
    /// The officer searches the journal
    pub supervisor: bool,
}

/// Who is signed in, for the menu.
#[derive(Clone)]
pub struct User {
    /// Full name
    pub name: String,
    /// Organisation, or what a citizen is
    pub agency: String,
    /// Where signing out is posted to
    pub leave: &'static str,
    /// Further doors that stand open to this user
    pub doors: Doors,
    /// Token against forged requests; goes into every form that posts
    pub csrf: String,
}

/// What surrounds the content of a page.
#[derive(Clone, Default)]
pub struct Shell {
    /// Language of the page
    pub lang: Lang,
    /// Path and query of this page without `lang`, for the language switch
    pub path: String,
    /// Current entry of the navigation
    pub section: Section,
    /// Whether the data are synthetic: a banner says so on every page
    pub demo: bool,
    /// Who is signed in
    pub user: Option<User>,
    /// Which doors stand open
    pub doors: Doors,
    /// In the console: the places that stand open
    pub places: Option<Vec<Place>>,
}

impl Shell {
    /// A shell in this language for the page at this path.
    pub fn new(lang: Lang, path: &str) -> Self {
        Self { lang, path: path.to_owned(), ..Self::default() }
    }

    /// For samples: the demo, signed in or not.
    pub fn sample(lang: Lang, path: &str, section: Section, signed_in: bool) -> Self {
        let user = signed_in.then(|| User {
            name: "Lê Thị Bình".to_owned(),
            agency: match lang {
                Lang::Vi => "UBND phường Hồng Bàng, TP. Hải Phòng",
                Lang::En => "People's Committee of Hồng Bàng Ward, Hải Phòng",
            }
            .to_owned(),
            leave: "/sign-out",
            doors: Doors::default(),
            csrf: "sample-token".to_owned(),
        });
        let doors = Doors {
            citizen: true,
            inquiries: section == Section::Inquiries || section == Section::Supervisor,
            supervisor: section == Section::Supervisor,
        };
        Self { lang, path: path.to_owned(), section, demo: true, user, doors, places: None }
    }

    /// For samples: a place of the console, every place open; signed out at the door.
    pub fn sample_console(lang: Lang, path: &str, place: Option<Place>) -> Self {
        let texts = Texts::of(lang);
        let user = place.map(|_| User {
            name: "Phạm Thu Hằng".to_owned(),
            agency: texts.t("console-managing").into_owned(),
            leave: "/sign-out",
            doors: Doors::default(),
            csrf: "sample-token".to_owned(),
        });
        let all = CONSOLE.iter().filter_map(|item| match item.section {
            Section::Console(place) => Some(place),
            _ => None,
        });
        let places = Some(if place.is_some() { all.collect() } else { Vec::new() });
        let section = place.map_or(Section::None, Section::Console);
        Self { user, places, ..Self::sample(lang, path, section, false) }
    }

    /// Whether this is the console.
    pub fn is_console(&self) -> bool {
        self.places.is_some()
    }

    /// For samples: a citizen at her own page.
    pub fn sample_citizen(lang: Lang, path: &str) -> Self {
        let user = User {
            name: "Trần Thị Thúy Hòa".to_owned(),
            agency: Texts::of(lang).t("citizen-user").into_owned(),
            leave: "/citizen/sign-out",
            doors: Doors::default(),
            csrf: "sample-token".to_owned(),
        };
        Self { user: Some(user), ..Self::sample(lang, path, Section::Citizen, false) }
    }

    /// The texts of the page's language.
    pub fn texts(&self) -> Texts {
        Texts::of(self.lang)
    }

    /// The text of a key.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        self.texts().t(key)
    }

    /// The text of a key with one named value.
    pub fn t1(&self, key: &str, name: &str, value: impl AsRef<str>) -> Cow<'static, str> {
        self.texts().t1(key, name, value.as_ref())
    }

    /// A whole number, written as the language does.
    pub fn number(&self, number: impl Borrow<u64>) -> String {
        self.texts().number(*number.borrow())
    }

    /// BCP 47 tag of the language.
    pub fn tag(&self) -> &'static str {
        lang::tag(self.lang)
    }

    /// The address of a static file.
    pub fn asset(&self, name: &str) -> &'static str {
        crate::assets::url(name)
    }

    /// An icon by its name.
    pub fn icon(&self, name: &str) -> Icon {
        Icon::from_name(name)
    }

    /// The main navigation.
    pub fn nav(&self) -> Vec<&'static NavItem> {
        if let Some(places) = &self.places {
            let open =
                |item: &&NavItem| matches!(item.section, Section::Console(place) if places.contains(&place));
            return CONSOLE.iter().filter(open).collect();
        }
        let open = |item: &&NavItem| match item.section {
            Section::Citizen => self.doors.citizen,
            Section::Inquiries => self.doors.inquiries,
            Section::Supervisor => self.doors.supervisor,
            _ => true,
        };
        NAV.iter().filter(open).collect()
    }

    /// Where the reader of this page signs in.
    pub fn sign_in(&self) -> &'static str {
        if self.section == Section::Citizen { "/citizen/sign-in" } else { "/sign-in" }
    }

    /// Whether this is the current entry.
    pub fn is_current(&self, item: &NavItem) -> bool {
        item.section == self.section
    }

    /// The token for forms; empty when nobody is signed in.
    pub fn csrf(&self) -> &str {
        self.user.as_ref().map_or("", |u| u.csrf.as_str())
    }

    /// The languages to switch between: tag, own name, whether current, address.
    pub fn languages(&self) -> [(&'static str, &'static str, bool, String); 2] {
        lang::LANGS.map(|l| {
            let name = match l {
                Lang::Vi => "Tiếng Việt",
                Lang::En => "English",
            };
            let joint = if self.path.contains('?') { '&' } else { '?' };
            let path = if self.path.is_empty() { "/" } else { &self.path };
            (lang::tag(l), name, l == self.lang, format!("{path}{joint}lang={}", lang::tag(l)))
        })
    }
}

/// A page as an answer: rendered, not stored by anybody (it may show personal data), nothing inline.
/// A template that fails to render becomes an empty 500; the tests render every page.
pub fn html(status: StatusCode, page: &impl Template) -> Response<Body> {
    let (status, body) = match page.render() {
        Ok(text) => (status, text),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A `Set-Cookie` value that remembers the language for a year.
pub fn language_cookie(lang: Lang) -> String {
    format!("{}={}; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax", lang::COOKIE, lang::tag(lang))
}
