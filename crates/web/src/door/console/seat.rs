//! Who sits at the console, and what that person may do.
use super::{Console, Shared};
use crate::door::{cookies, plain};
use crate::page::{Doors, Place, Section, Shell, User};
use crate::pages::ErrorKind;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
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
    csrf: Secret,
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
                Ok(Self { console: Arc::clone(console), token, session, headers, uri, peer, csrf })
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
        let agency = match self.organisation() {
            Some(id) => self.console.organisation(id),
            None => {
                crate::Texts::of(cookies::lang(&self.headers, &self.uri)).t("console-managing").into_owned()
            }
        };
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

    /// Places that stand open to these roles.
    fn places(&self) -> Vec<Place> {
        let reads = |area: Area| {
            let relation = if self.organisation().is_some() { Relation::Own } else { Relation::Other };
            [relation, Relation::None, Relation::Myself]
                .iter()
                .any(|relation| may_any(self.roles(), Action::read_of(area), *relation) == Ruling::Allowed)
        };
        let mut places = vec![Place::Work];
        let by_area = [
            (Place::Connections, Area::Connection),
            (Place::Cases, Area::Ticket),
            (Place::Rules, Area::Rule),
        ];
        places.extend(by_area.iter().filter(|(_, area)| reads(*area)).map(|(place, _)| *place));
        places.push(Place::Me);
        places
    }

    /// What becomes of a deed about a thing of an organisation (none: of no organisation).
    pub(super) fn may(&self, action: Action, of: Option<&str>) -> Ruling {
        may_any(self.roles(), action, Relation::of(self.organisation(), of, false))
    }

    /// That it is allowed; otherwise the page that says no, or that there is no such thing.
    pub(super) fn must(&self, action: Action, of: Option<&str>, place: Place) -> Result<(), Oops> {
        match self.may(action, of) {
            Ruling::Allowed => Ok(()),
            Ruling::Refused => Err(Oops::page(self.shell(place), ErrorKind::Forbidden)),
            Ruling::Hidden => Err(Oops::page(self.shell(place), ErrorKind::NotFound)),
        }
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
        let role = self.roles().first().map_or("staff", |role| role.name());
        let actor = Actor::Staff {
            account: self.id().into(),
            role,
            organisation: self.organisation().map(Into::into),
        };
        let entry = Entry { asked: Some(about), ..Entry::new(self.peer.clone(), actor, service) };
        self.console.road.record(entry).await.map_err(|code| {
            tracing::warn!(?code, service, "a deed of staff could not be written down");
            Oops::page(self.shell(place), ErrorKind::Unavailable)
        })
    }
}

/// The 404 page.
pub(super) fn not_found(demo: bool) -> axum::routing::MethodRouter {
    axum::routing::any(move |headers: HeaderMap, uri: Uri| async move {
        let shell = Shell {
            lang: cookies::lang(&headers, &uri),
            path: cookies::path_without_lang(&uri),
            demo,
            places: Some(Vec::new()),
            ..Shell::default()
        };
        plain::error(shell, ErrorKind::NotFound)
    })
}
