//! Who sits at the console, and what that person may do.
use super::deed::About;
use super::{Console, Shared};
use crate::door::{cookies, plain, show};
use crate::page::{Doors, Place, Section, Shell, User};
use crate::pages::ErrorKind;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use dancu_catalogue::Code;
use dancu_gateway::deed::{Actor, Deed as Entry};
use dancu_gateway::door::Peer;
use dancu_keys::Secret;
use dancu_policy::duty::{Action, Area, Relation, Ruling, StaffRole, may_any};
use dancu_staff::{Session, StaffError};
use std::sync::Arc;

/// Cookie of the console's session.
pub(super) const SESSION: &str = "__Host-console";

/// Somebody who is signed in, for one request.
pub(super) struct Seat {
    pub(super) console: Shared,
    pub(super) token: Secret,
    pub(super) session: Session,
    pub(super) headers: HeaderMap,
    pub(super) uri: Uri,
    pub(super) peer: Peer,
    pub(super) method: Method,
    pub(super) csrf: Secret,
}

/// What is answered instead of a page.
pub(super) struct Oops(Box<Response>);

impl Oops {
    pub(super) fn response(response: impl IntoResponse) -> Self {
        Self(Box::new(response.into_response()))
    }

    pub(super) fn page(shell: Shell, kind: ErrorKind) -> Self {
        Self::response(plain::error(shell, kind))
    }

    /// What it comes to, for whoever answers otherwise than with a page.
    pub(super) fn code(&self) -> Code {
        match self.0.status() {
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::FORBIDDEN => Code::DutyMissing,
            StatusCode::SERVICE_UNAVAILABLE => Code::StoreUnavailable,
            _ => Code::Internal,
        }
    }
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl FromRequestParts<Shared> for Seat {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Oops> {
        let (headers, uri) = (parts.headers.clone(), parts.uri.clone());
        let Some(peer) = parts.extensions.get::<Peer>().cloned() else {
            return Err(Oops::page(console.shell(&headers, &uri, Section::None, None), ErrorKind::Server));
        };
        let Some(cookie) = cookies::get(&headers, SESSION) else {
            return Err(Oops::response(Redirect::to("/sign-in")));
        };
        let token = Secret::new(cookie.to_owned());
        let now_us = console.road.clock.now_us();
        let (staff, asked) = (console.staff.clone(), token.clone());
        let found = blocking(move || {
            let session = staff.session(&asked, now_us)?;
            Ok::<_, StaffError>(session.map(|session| (session, staff.form_token(&asked))))
        });
        match found.await {
            Some(Ok(Some((session, csrf)))) => {
                let method = parts.method.clone();
                Ok(Self { console: Arc::clone(console), token, session, headers, uri, peer, method, csrf })
            }
            Some(Ok(None)) => Err(Oops::response(Redirect::to("/sign-in?ended"))),
            Some(Err(_)) | None => {
                let shell = console.shell(&headers, &uri, Section::None, None);
                Err(Oops::page(shell, ErrorKind::Unavailable))
            }
        }
    }
}

/// Runs what waits for the store on a thread for that; none when the thread was lost.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

impl Console {
    pub(super) fn shell(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        section: Section,
        user: Option<User>,
    ) -> Shell {
        Shell {
            lang: cookies::lang(headers, uri),
            path: cookies::path_without_lang(uri),
            section,
            demo: self.demo,
            user,
            doors: Doors::default(),
            places: Some(Vec::new()),
        }
    }

    /// Name of a system; its id where it is on no record.
    pub(super) fn system(&self, id: &str) -> String {
        let snapshot = self.road.exchange.snapshot();
        let found = snapshot.rules.system(id).map(|of| of.system.name.clone());
        found.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_owned())
    }

    /// Name of an organisation; its id where it is on no record.
    pub(super) fn organisation(&self, id: &str) -> String {
        let snapshot = self.road.exchange.snapshot();
        let found = snapshot.rules.organisation(id);
        found.map_or_else(|| id.to_owned(), |organisation| organisation.name.clone())
    }
}

impl Seat {
    pub(super) fn now_us(&self) -> i64 {
        self.console.road.clock.now_us()
    }

    /// Account of whoever sits here.
    pub(super) fn id(&self) -> &str {
        &self.session.account.id
    }

    pub(super) fn roles(&self) -> &[StaffRole] {
        &self.session.account.roles
    }

    /// The organisation of whoever sits here; none for the managing body.
    pub(super) fn organisation(&self) -> Option<&str> {
        self.session.account.organisation.as_deref()
    }

    /// The one that lists are narrowed to: a person of an organisation sees its own.
    pub(super) fn own(&self) -> Option<String> {
        self.organisation().map(ToOwned::to_owned)
    }

    pub(super) fn csrf(&self) -> String {
        String::from_utf8_lossy(self.csrf.expose()).into_owned()
    }

    pub(super) fn shell(&self, place: Place) -> Shell {
        let account = &self.session.account;
        let t = crate::Texts::of(cookies::lang(&self.headers, &self.uri));
        let mut agency = self.agency(self.organisation(), t);
        if self.session.emergency.is_some() {
            // Whoever works in the emergency account sees it on every page.
            agency = t.t1("emergency-until", "until", &show::moment(self.session.ends_at_us)).into_owned();
        }
        let user = User {
            name: account.name.clone(),
            agency,
            leave: "/sign-out",
            doors: Doors::default(),
            csrf: self.csrf(),
        };
        let shell = self.console.shell(&self.headers, &self.uri, Section::Console(place), Some(user));
        Shell { places: Some(self.places()), ..shell }
    }

    /// What an organisation is called; without one it is the managing body.
    pub(super) fn agency(&self, id: Option<&str>, t: crate::Texts) -> String {
        id.map_or_else(|| t.t("console-managing").into_owned(), |id| self.console.organisation(id))
    }

    /// Every organisation on record that has a system, by name: id and name.
    pub(super) fn organisations(&self) -> Vec<(String, String)> {
        let snapshot = self.console.road.exchange.snapshot();
        let of = snapshot.rules.systems().filter_map(|of| of.organisation.as_ref());
        let mut all: Vec<_> = of.map(|of| (of.id.to_string(), of.name.clone())).collect();
        all.sort_by(|one, two| (&one.1, &one.0).cmp(&(&two.1, &two.0)));
        all.dedup();
        all
    }

    /// Places that stand open to these roles: those whose things they may read. Of what concerns oneself alone there is
    /// `/me`.
    fn places(&self) -> Vec<Place> {
        let reads = |area: Area| {
            let relation = if self.organisation().is_some() { Relation::Own } else { Relation::Other };
            let alone = if area == Area::Staff { Relation::None } else { Relation::Myself };
            [relation, Relation::None, alone]
                .iter()
                .any(|relation| may_any(self.roles(), Action::read_of(area), *relation) == Ruling::Allowed)
        };
        let mut places = vec![Place::Work];
        let by_area = [
            (Place::Connections, Area::Connection),
            (Place::Cases, Area::Ticket),
            (Place::Accounts, Area::Account),
            (Place::Campaigns, Area::Campaign),
            (Place::Cleaning, Area::Cleaning),
            (Place::Alerts, Area::Alert),
            (Place::Usage, Area::Usage),
            (Place::Staff, Area::Staff),
            (Place::Rules, Area::Rule),
        ];
        let cases = super::cases::readable(self);
        // These pages are of a whole organisation: who may see the own account alone has no page of them.
        let whole = |action: Action| self.may(action, self.organisation().or(Some(""))) == Ruling::Allowed;
        let reads = |area: Area| match area {
            Area::Account => whole(Action::AccountRead),
            Area::Usage => whole(Action::UsageRead),
            Area::Ticket => cases,
            area => reads(area),
        };
        places.extend(by_area.iter().filter(|(_, area)| reads(*area)).map(|(place, _)| *place));
        places.push(Place::Me);
        places
    }

    /// What becomes of a deed about a thing of an organisation (none: of no organisation).
    pub(super) fn may(&self, action: Action, of: Option<&str>) -> Ruling {
        may_any(self.roles(), action, Relation::of(self.organisation(), of, false))
    }

    /// What becomes of a deed about what this person asked for.
    pub(super) fn may_myself(&self, action: Action) -> Ruling {
        may_any(self.roles(), action, Relation::Myself)
    }

    /// What becomes of asking for something: a person of an organisation asks for the own one and in the own name, one of
    /// the managing body about any organisation.
    pub(super) fn may_ask(&self, action: Action) -> Ruling {
        let ruling = self.may(action, self.organisation().or(Some("")));
        if self.organisation().is_some() { ruling.min(self.may_myself(action)) } else { ruling }
    }

    /// That it is allowed; otherwise the page that says no, or that there is no such thing. A deed that is refused is
    /// written down as one.
    pub(super) fn must(&self, action: Action, of: Option<&str>, place: Place) -> Result<(), Oops> {
        self.ruled(self.may(action, of), action, place)
    }

    /// The same for an account of staff, which may be one's own.
    pub(super) fn must_about(
        &self,
        action: Action,
        account: &dancu_staff::Account,
        place: Place,
    ) -> Result<(), Oops> {
        self.ruled(self.may_about(action, account), action, place)
    }

    /// What becomes of a deed about an account of staff.
    pub(super) fn may_about(&self, action: Action, account: &dancu_staff::Account) -> Ruling {
        let myself = account.id == self.id();
        let relation = Relation::of(self.organisation(), account.organisation.as_deref(), myself);
        may_any(self.roles(), action, relation)
    }

    /// The page for a ruling that is not to allow it.
    pub(super) fn ruled(&self, ruling: Ruling, action: Action, place: Place) -> Result<(), Oops> {
        let kind = match ruling {
            Ruling::Allowed => return Ok(()),
            Ruling::Refused => ErrorKind::Forbidden,
            Ruling::Hidden => ErrorKind::NotFound,
        };
        self.not_allowed(action);
        Err(Oops::page(self.shell(place), kind))
    }

    /// Writes down that a role did not allow a deed; of reading nothing is written. Pages and API come here alike.
    pub(super) fn not_allowed(&self, action: Action) {
        if self.method.is_safe() {
            return;
        }
        // Nothing comes of it, so nothing has to wait for its entry.
        let road = Arc::clone(&self.console.road);
        let entry = Entry { ruling: Err(Code::RoleNotAllowed), ..self.entry(action.name(), None) };
        tokio::spawn(async move { road.record(entry).await });
    }

    /// That a form was sent from a page of this session.
    pub(super) fn own_form(&self, csrf: &str, place: Place) -> Result<(), Oops> {
        let own = self.csrf();
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(own.as_bytes(), csrf.as_bytes()).is_ok();
        if same { Ok(()) } else { Err(Oops::page(self.shell(place), ErrorKind::Forbidden)) }
    }

    /// Writes a deed down; gives the number of its entry. It must not happen when that fails.
    pub(super) async fn record(
        &self,
        service: &'static str,
        about: String,
        place: Place,
    ) -> Result<u64, Oops> {
        self.record_about(&About::new(service, about, place)).await
    }

    /// The same with why.
    pub(super) async fn record_about(&self, about: &About) -> Result<u64, Oops> {
        self.write(about).await.map_err(|_| Oops::page(self.shell(about.place), ErrorKind::Unavailable))
    }

    /// The same, for whoever answers otherwise than with a page.
    pub(super) async fn write(&self, about: &About) -> Result<u64, Code> {
        let entry =
            Entry { purpose: about.why.clone(), ..self.entry(about.service, Some(about.asked.clone())) };
        self.written(entry).await
    }

    /// Writes an entry.
    pub(super) async fn written(&self, entry: Entry) -> Result<u64, Code> {
        let service = entry.service;
        self.console.road.record(entry).await.inspect_err(|code| {
            tracing::warn!(?code, service, "a deed of staff could not be written down");
        })
    }

    /// A deed of whoever sits here, allowed.
    pub(super) fn entry(&self, service: &'static str, about: Option<String>) -> Entry {
        Entry { asked: about, ..Entry::new(self.peer.clone(), actor(&self.session.account), service) }
    }

    /// Writes down that a deed of a page was refused.
    pub(super) async fn refuse(&self, about: &About, code: Code) -> Result<(), Oops> {
        let written = self.write_refusal(about, code).await;
        written.map_err(|_| Oops::page(self.shell(about.place), ErrorKind::Unavailable))
    }

    /// The same, for whoever answers otherwise than with a page.
    pub(super) async fn write_refusal(&self, about: &About, code: Code) -> Result<(), Code> {
        let entry = self.entry(about.service, Some(about.asked.clone()));
        let entry = Entry { ruling: Err(code), purpose: about.why.clone(), ..entry };
        match self.console.road.record(entry).await {
            Err(failed @ (Code::JournalUnavailable | Code::StoreUnavailable)) => Err(failed),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// Somebody of staff, as the journal names the doer of a deed.
pub(super) fn actor(account: &dancu_staff::Account) -> Actor {
    Actor::Staff {
        account: account.id.as_str().into(),
        role: account.roles.first().map_or("staff", |role| role.name()),
        organisation: account.organisation.as_deref().map(Into::into),
    }
}

/// The 404 page.
pub(super) fn not_found(demo: bool, headers: &HeaderMap, uri: &Uri) -> Response {
    let shell = Shell {
        lang: cookies::lang(headers, uri),
        path: cookies::path_without_lang(uri),
        demo,
        places: Some(Vec::new()),
        ..Shell::default()
    };
    plain::error(shell, ErrorKind::NotFound)
}
